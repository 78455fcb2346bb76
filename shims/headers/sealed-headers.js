// What `headers()` gives: the request's headers without those that carry the framework's own protocol, read only.

import { FLIGHT_HEADERS, NEXT_HTML_REQUEST_ID_HEADER, NEXT_REQUEST_ID_HEADER } from "vinext/internal/server/headers";
import { HeadersPromise, promiseOfForeign } from "./promises.js";
import { delegate, READERS, RequestHeaders, WRITERS } from "./request-headers.js";

const HIDDEN = new Set([...FLIGHT_HEADERS, NEXT_REQUEST_ID_HEADER, NEXT_HTML_REQUEST_ID_HEADER]);

/** Headers are never changed. Frameworks check the message and the name. */
class ReadonlyHeadersError extends Error {
  constructor() {
    super("Headers cannot be modified. Read more: https://nextjs.org/docs/app/api-reference/functions/headers");
  }
}

/**
 * Headers that read `get` and `has` from the request's own and copy them only for the rest. A `Headers` by its prototype
 * only, as `RequestHeaders` is.
 */
export class SealedHeaders {
  /** @type {Headers} with the hidden ones; never changed */
  #source;
  /** @type {Headers | undefined} without the hidden ones */
  #visible;
  /** @type {HeadersPromise | undefined} */
  #promise;

  /**
   * @param {Headers} headers of a request, which may change later
   */
  constructor(headers) {
    const frozen = RequestHeaders.freeze(headers);
    this.#source = frozen ?? withoutHidden(headers);
    this.#visible = frozen === undefined ? this.#source : undefined;
  }

  #copy() {
    return (this.#visible ??= withoutHidden(this.#source));
  }

  get get() {
    return (/** @type {[name: string]} */ ...args) => {
      const [name] = args;
      if (typeof name !== "string") return this.#copy().get(...args);
      const value = this.#source.get(name);
      return value === null || HIDDEN.has(name.toLowerCase()) ? null : value;
    };
  }

  get has() {
    return (/** @type {[name: string]} */ ...args) => {
      const [name] = args;
      if (typeof name !== "string") return this.#copy().has(...args);
      return this.#source.has(name) && !HIDDEN.has(name.toLowerCase());
    };
  }

  /**
   * @param {any} headers what `headers()` gives; a stock copy of vinext may have made it
   * @returns {HeadersPromise} the same one for the same headers
   */
  static promiseOf(headers) {
    if (#promise in headers) return (headers.#promise ??= new HeadersPromise(headers));
    return promiseOfForeign(headers, HeadersPromise);
  }

  static {
    Object.setPrototypeOf(SealedHeaders.prototype, Headers.prototype);
    const others = READERS.filter((name) => name !== "get" && name !== "has");
    delegate(SealedHeaders.prototype, others, (/** @type {SealedHeaders} */ self) => self.#copy());
    for (const name of WRITERS) {
      Object.defineProperty(SealedHeaders.prototype, name, {
        configurable: true,
        enumerable: true,
        get() {
          throw new ReadonlyHeadersError();
        },
      });
    }
  }
}

/** @param {Headers} headers */
function withoutHidden(headers) {
  const copy = new Headers(headers);
  for (const name of HIDDEN) if (copy.has(name)) copy.delete(name);
  return copy;
}
