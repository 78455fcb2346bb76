// What `cookies()` gives: a request's cookies, read only in a render, and a jar that an action changes.

import { serializeSetCookie, validateCookieName } from "vinext/shims/internal/cookie-serialize";
import { CookiesPromise, promiseOfForeign } from "./promises.js";
import { currentState } from "./state.js";

/** @import { HeadersContext, HeadersState } from "./state.js" */

/** @typedef {{ name: string, value: string } & Record<string, any>} Cookie */

// The members through which vinext's module changes a jar from inside. A stock copy in the process uses them on ours.
const APPLY_RESPONSE_COOKIE = Symbol.for("vinext.apply-response-cookie");
const SYNCHRONIZE_REQUEST_COOKIES = Symbol.for("vinext.synchronize-request-cookies");

/** Cookies are changed in an action or a route handler, not in a render. Frameworks check the message and the name. */
class ReadonlyRequestCookiesError extends Error {
  constructor() {
    super(
      "Cookies can only be modified in a Server Action or Route Handler. Read more: https://nextjs.org/docs/app/api-reference/functions/cookies#options",
    );
  }
}

/**
 * A request's cookies. Members are accessors that return closures, so that a method works when it was taken off its
 * object. The own properties are named as vinext's, because the console and `Object.keys` show them.
 */
class RequestCookies {
  /** @type {CookiesPromise | undefined} */
  #promise;

  /**
   * @param {Map<string, string>} cookies the request's
   * @param {Map<string, Cookie> | null} responseCookies those that the response sets, among all others; `null` in a render
   */
  constructor(cookies, responseCookies) {
    this._cookies = cookies;
    this._responseCookies = responseCookies;
  }

  get get() {
    return (/** @type {string | { name: string }} */ nameOrOptions) => {
      const name = typeof nameOrOptions === "string" ? nameOrOptions : nameOrOptions.name;
      if (this._responseCookies !== null) return this._responseCookies.get(name);
      const value = this._cookies.get(name);
      return value === undefined ? undefined : { name, value };
    };
  }

  get getAll() {
    return (/** @type {string | { name: string } | undefined} */ nameOrOptions) => {
      const name = typeof nameOrOptions === "string" ? nameOrOptions : nameOrOptions?.name;
      const all = this.#all();
      return name === undefined ? all : all.filter((cookie) => cookie.name === name);
    };
  }

  get has() {
    return (/** @type {string} */ name) => (this._responseCookies ?? this._cookies).has(name);
  }

  get size() {
    return (this._responseCookies ?? this._cookies).size;
  }

  get [Symbol.iterator]() {
    // By name: what was set under one name may carry another.
    return () => new Map(this.#all().map((cookie) => [cookie.name, cookie])).entries();
  }

  get toString() {
    return () => {
      if (this._responseCookies !== null) return this.#all().map(serializeCookie).join("; ");
      return serializeRequestCookies(this._cookies);
    };
  }

  /** @returns {Cookie[]} */
  #all() {
    if (this._responseCookies !== null) return [...this._responseCookies.values()];
    return Array.from(this._cookies, ([name, value]) => ({ name, value }));
  }

  /**
   * @param {any} cookies what `cookies()` gives; a stock copy of vinext may have made it
   * @returns {CookiesPromise} the same one for the same cookies
   */
  static promiseOf(cookies) {
    if (#promise in cookies) return (cookies.#promise ??= new CookiesPromise(cookies));
    return promiseOfForeign(cookies, CookiesPromise);
  }
}

/** Cookies that cannot be changed. */
class SealedCookies extends RequestCookies {
  get set() {
    return refuse;
  }
  get delete() {
    return refuse;
  }
  get clear() {
    return refuse;
  }
}

function refuse() {
  throw new ReadonlyRequestCookiesError();
}

/** Cookies that an action or a route handler may change. Each change is also a Set-Cookie header of the response. */
class MutableCookies extends RequestCookies {
  /** @param {Map<string, string>} cookies */
  constructor(cookies) {
    super(cookies, new Map(Array.from(cookies, ([name, value]) => [name, normalizeCookie({ name, value })])));
  }

  get set() {
    return (/** @type {any} */ nameOrCookie, /** @type {string} */ value, /** @type {Partial<Cookie>} */ options) => {
      const state = mutableState();
      if (typeof nameOrCookie === "string") {
        return this.#send(state, nameOrCookie, { name: nameOrCookie, value: value ?? "", ...options });
      }
      const { name, value: given } = nameOrCookie;
      return this.#send(state, name, { name, value: given, ...nameOrCookie });
    };
  }

  get delete() {
    return (/** @type {string | { name: string }} */ nameOrOptions) => {
      const state = mutableState();
      const options = typeof nameOrOptions === "string" ? { name: nameOrOptions } : nameOrOptions;
      const { name } = options;
      return this.#send(state, name, { ...options, name, value: "", expires: new Date(0) });
    };
  }

  /**
   * @param {HeadersState} state
   * @param {string} name
   * @param {Cookie} given
   */
  #send(state, name, given) {
    validateCookieName(name);
    const cookie = normalizeCookie(given);
    // Before anything changes: it refuses a bad path or domain.
    const header = serializeCookie(cookie);
    this[APPLY_RESPONSE_COOKIE](cookie);
    state.pendingSetCookies.push(header);
    return this;
  }

  /** @param {Cookie} cookie goes into the jar, but not to the response */
  [APPLY_RESPONSE_COOKIE](cookie) {
    this._responseCookies?.set(cookie.name, cookie);
  }

  /** Makes the request's own cookies those of the jar, for the render after an action. */
  [SYNCHRONIZE_REQUEST_COOKIES]() {
    this._cookies.clear();
    for (const { name, value } of this._responseCookies?.values() ?? []) this._cookies.set(name, value);
  }
}

// On the console both are what vinext's are.
for (const { prototype } of [SealedCookies, MutableCookies]) Reflect.deleteProperty(prototype, "constructor");

/**
 * @returns {HeadersState} the caller's state
 * @throws {ReadonlyRequestCookiesError} in a render
 */
function mutableState() {
  const state = currentState();
  if (!isMutablePhase(state)) throw new ReadonlyRequestCookiesError();
  return state;
}

/** @param {HeadersState} state */
function isMutablePhase({ phase }) {
  return phase === "action" || phase === "route-handler";
}

/**
 * @param {HeadersState} state
 * @param {HeadersContext} context
 * @returns {CookiesPromise} of the cookies that the caller's phase may use
 */
export function cookiesPromise(state, context) {
  if (isMutablePhase(state)) return RequestCookies.promiseOf(mutableCookies(context));
  return RequestCookies.promiseOf(
    (context.readonlyCookies ??= /** @type {HeadersContext["readonlyCookies"]} */ (
      /** @type {unknown} */ (new SealedCookies(context.cookies, null))
    )),
  );
}

/**
 * @param {HeadersContext} context
 * @returns {MutableCookies} the jar that the context's request has from its first use on
 */
function mutableCookies(context) {
  return (context.mutableCookies ??= /** @type {any} */ (new MutableCookies(context.cookies)));
}

/**
 * Changes a cookie of the request as a response would, without a Set-Cookie header among the pending ones.
 *
 * @param {HeadersContext} context
 * @param {Cookie} cookie
 */
export function applyResponseCookie(context, cookie) {
  mutableCookies(context)[APPLY_RESPONSE_COOKIE](cookie);
}

/**
 * Lets a render see what an action changed.
 *
 * @param {HeadersContext | null} context
 */
export function synchronizeRequestCookies(context) {
  /** @type {MutableCookies | undefined} */ (context?.mutableCookies)?.[SYNCHRONIZE_REQUEST_COOKIES]();
}

/**
 * @param {Cookie} cookie
 * @returns {Cookie} with a path, and with a date for what `expires` and `maxAge` (seconds) say
 */
export function normalizeCookie(cookie) {
  const normalized = { ...cookie };
  if (typeof normalized.expires === "number") normalized.expires = new Date(normalized.expires);
  if (normalized.maxAge) normalized.expires = new Date(Date.now() + normalized.maxAge * 1000);
  normalized.path ??= "/";
  return normalized;
}

/**
 * @param {Cookie} cookie
 * @returns {string} as a Set-Cookie header
 * @throws {Error} for a path or a domain that would end the attribute
 */
export function serializeCookie(cookie) {
  const { name, value, expires } = cookie;
  const options = typeof expires === "number" ? { ...cookie, expires: new Date(expires) } : cookie;
  return serializeSetCookie(name, value, /** @type {any} */ (options));
}

/**
 * @param {Map<string, string>} cookies
 * @returns {string} as a Cookie header
 */
export function serializeRequestCookies(cookies) {
  return Array.from(cookies, ([name, value]) => `${name}=${encodeURIComponent(value)}`).join("; ");
}
