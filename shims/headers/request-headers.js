/** Members of `Headers` that change nothing. Also what shows one on the console. */
export const READERS = Object.freeze([
  "get",
  "has",
  "getSetCookie",
  "keys",
  "values",
  "entries",
  "forEach",
  Symbol.iterator,
  Symbol.for("nodejs.util.inspect.custom"),
]);

/** Members of `Headers` that change it. */
export const WRITERS = /** @type {const} */ (["set", "append", "delete"]);

/**
 * Gives a prototype the members of another object's, as accessors that return them bound: a method that was taken off
 * its object works (`const { get } = await headers()`).
 *
 * @param {object} prototype
 * @param {readonly PropertyKey[]} names of methods
 * @param {(self: any) => object} targetOf the object that the methods are called on
 */
export function delegate(prototype, names, targetOf) {
  for (const name of names) {
    Object.defineProperty(prototype, name, {
      configurable: true,
      enumerable: typeof name === "string",
      get() {
        const target = /** @type {Record<PropertyKey, Function>} */ (targetOf(this));
        return target[name].bind(target);
      },
    });
  }
}

/**
 * A request's headers that can be changed without changing the request: they are copied at the first change, which most
 * requests never make. Once anything was read through this, the original must not change.
 *
 * A `Headers` by its prototype only, so that one of its methods that is called on it by force throws, and does not return
 * for an empty list.
 */
export class RequestHeaders {
  /** @type {Headers} */
  #source;
  /** whether `#source` is a copy that only this reads */
  #owned = false;

  /** @param {Headers} source */
  constructor(source) {
    this.#source = source;
  }

  /**
   * The headers as they are now. They stay so: a later change makes another copy.
   *
   * @param {Headers} headers
   * @returns {Headers | undefined} `undefined` for headers of another class
   */
  static freeze(headers) {
    if (!(#owned in headers)) return undefined;
    headers.#owned = false;
    return headers.#source;
  }

  static {
    Object.setPrototypeOf(RequestHeaders.prototype, Headers.prototype);
    delegate(RequestHeaders.prototype, READERS, (/** @type {RequestHeaders} */ self) => self.#source);
    for (const name of WRITERS) {
      Object.defineProperty(RequestHeaders.prototype, name, {
        configurable: true,
        enumerable: true,
        get() {
          return (/** @type {[name: string, value: string]} */ ...args) => {
            if (!this.#owned) this.#source = new Headers(this.#source);
            this.#owned = true;
            return this.#source[name](...args);
          };
        },
      });
    }
  }
}
