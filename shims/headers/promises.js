// What `headers()` and `cookies()` return: promises that also have the members of what they resolve to, for code from
// before these APIs were asynchronous.

/** @type {WeakMap<object, any>} promises of what a stock copy of vinext's module made */
const foreign = new WeakMap();

/**
 * @template {object} P
 * @param {object} target
 * @param {new (target: any) => P} Class
 * @returns {P} the same one for the same target
 */
export function promiseOfForeign(target, Class) {
  let promise = foreign.get(target);
  if (promise === undefined) {
    promise = new Class(target);
    foreign.set(target, promise);
  }
  return promise;
}

/**
 * A promise of headers with the members of headers.
 *
 * @extends {Promise<any>}
 */
export class HeadersPromise extends Promise {
  #target;

  /** @param {any} target the headers */
  constructor(target) {
    super((resolve) => resolve(target));
    this.#target = target;
  }

  get get() {
    return this.#target.get;
  }
  get has() {
    return this.#target.has;
  }
  get set() {
    return this.#target.set;
  }
  get append() {
    return this.#target.append;
  }
  get delete() {
    return this.#target.delete;
  }
  get getSetCookie() {
    return this.#target.getSetCookie;
  }
  get keys() {
    return this.#target.keys;
  }
  get values() {
    return this.#target.values;
  }
  get entries() {
    return this.#target.entries;
  }
  get forEach() {
    return this.#target.forEach;
  }
  get [Symbol.iterator]() {
    return this.#target[Symbol.iterator];
  }

  static {
    actAsPromise(HeadersPromise.prototype);
  }
}

/**
 * A promise of cookies with the members of cookies.
 *
 * @extends {Promise<any>}
 */
export class CookiesPromise extends Promise {
  #target;

  /** @param {any} target the cookies */
  constructor(target) {
    super((resolve) => resolve(target));
    this.#target = target;
    // The own properties of the cookies, which `Object.keys` shows. Neither is ever assigned again.
    this._cookies = target._cookies;
    this._responseCookies = target._responseCookies;
  }

  get get() {
    return this.#target.get;
  }
  get getAll() {
    return this.#target.getAll;
  }
  get has() {
    return this.#target.has;
  }
  get set() {
    return this.#target.set;
  }
  get delete() {
    return this.#target.delete;
  }
  get clear() {
    return this.#target.clear;
  }
  get size() {
    return this.#target.size;
  }
  get [Symbol.iterator]() {
    return this.#target[Symbol.iterator];
  }

  static {
    actAsPromise(CookiesPromise.prototype);
  }
}

/**
 * With Promise itself as its constructor, `await` takes a promise as it is, and `then` makes a plain one.
 *
 * @param {object} prototype
 */
function actAsPromise(prototype) {
  Object.defineProperty(prototype, "constructor", { value: Promise, configurable: true, writable: true });
}
