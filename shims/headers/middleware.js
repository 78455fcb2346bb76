// What a middleware's response changes of the request: vinext encodes the request's new headers and the cookies that the
// middleware set in headers of that response.

import { MIDDLEWARE_SET_COOKIE_HEADER } from "vinext/internal/server/headers";
import { readSetCookie, splitSetCookies } from "./cookie-header.js";
import { forgetCookies, replaceCookies } from "./headers-context.js";
import { currentState } from "./state.js";

/** @import { HeadersContext } from "./state.js" */

/** Names all headers that the request has after the middleware. */
const OVERRIDE = "x-middleware-override-headers";
/** Before the name of each header that has a value of the middleware's. */
const PREFIX = "x-middleware-request-";

/**
 * Applies a middleware's response to the current request. `headers()` and `cookies()` from before keep what they showed.
 *
 * @param {Headers} middlewareHeaders of the middleware's response
 */
export function applyMiddlewareRequestHeaders(middlewareHeaders) {
  const context = currentState().headersContext;
  if (!context) return;
  const cookieHeader = context.headers.get("cookie");
  const setCookies = middlewareHeaders.get(MIDDLEWARE_SET_COOKIE_HEADER);
  const headers = headersAfter(context.headers, middlewareHeaders);
  if (headers !== undefined) {
    context.headers = headers;
    context.readonlyHeaders = undefined;
    const changed = headers.get("cookie");
    if (changed !== cookieHeader) {
      replaceCookies(context, changed);
      forgetCookies(context);
    }
  }
  if (setCookies !== null && overlayCookies(context, setCookies)) forgetCookies(context);
}

/**
 * @param {Headers} before
 * @param {Headers} middlewareHeaders
 * @returns {Headers | undefined} the request's headers after the middleware; `undefined` if it left them alone
 */
function headersAfter(before, middlewareHeaders) {
  /** @type {Map<string, string>} */
  const values = new Map();
  for (const [name, value] of middlewareHeaders.entries()) {
    if (name.startsWith(PREFIX)) values.set(name.slice(PREFIX.length), value);
  }
  const list = middlewareHeaders.get(OVERRIDE);
  const names = (list ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  // What the list does not name arrives under its literal name, if it has a value.
  const literal = [...values].filter(([name, value]) => value !== "" && !names.includes(name));
  if (!list && literal.length === 0) return undefined;
  // A list names everything that is left: what it does not name, the middleware took out, credentials among it.
  const after = list ? new Headers() : new Headers(before);
  for (const name of names) {
    const value = values.get(name);
    if (value !== undefined) after.set(name, value);
  }
  for (const [name, value] of literal) after.set(PREFIX + name, value);
  return after;
}

/**
 * @param {HeadersContext} context
 * @param {string} setCookies
 * @returns {boolean} whether there was a cookie among them
 */
function overlayCookies({ cookies }, setCookies) {
  const overlay = splitSetCookies(setCookies).flatMap((text) => readSetCookie(text) ?? []);
  for (const { name, value } of overlay) cookies.set(name, value);
  return overlay.length > 0;
}
