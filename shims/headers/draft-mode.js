// Draft mode: a cookie that holds the server's secret.

import { cacheScopeError } from "./cache-scope.js";
import { parseCookieHeader, readSetCookie } from "./cookie-header.js";
import { markDynamic } from "./dynamic-usage.js";
import { applyResponseCookie, normalizeCookie, serializeCookie } from "./request-cookies.js";
import { currentState } from "./state.js";

/** @import { HeadersContext, HeadersState } from "./state.js" */

const COOKIE = "__prerender_bypass";

/**
 * The draft mode of the current request. May be called and read inside cached functions, but not switched there.
 *
 * @returns {Promise<{ readonly isEnabled: boolean, enable(): void, disable(): void }>} rejected outside a request
 */
export async function draftMode() {
  const state = currentState();
  state.renderRequestApiUsage.add("draftMode");
  const context = state.headersContext;
  if (!context) throw outsideRequest("draftMode()");
  const secret = ensureSecret(context);
  return {
    get isEnabled() {
      return context.draftModeEnabled ?? context.cookies.get(COOKIE) === secret;
    },
    enable() {
      switchTo(state, context, true, { value: secret });
    },
    disable() {
      switchTo(state, context, false, { value: "", expires: new Date(0) });
    },
  };
}

/**
 * @param {HeadersState} state the one that `draftMode()` was called in
 * @param {HeadersContext} context the one that it had then
 * @param {boolean} enabled
 * @param {{ value: string, expires?: Date }} cookie
 */
function switchTo(state, context, enabled, cookie) {
  const api = enabled ? "draftMode().enable()" : "draftMode().disable()";
  const caller = currentState();
  const error = cacheScopeError(caller, api);
  if (error !== undefined) throw error;
  if (state.headersContext !== context) throw outsideRequest(api);
  if (context.accessError) throw context.accessError;
  markDynamic(caller);
  const isDevelopment = process.env.NODE_ENV === "development";
  const full = normalizeCookie({
    name: COOKIE,
    ...cookie,
    httpOnly: true,
    sameSite: isDevelopment ? "lax" : "none",
    secure: !isDevelopment,
    path: "/",
  });
  const header = serializeCookie(full);
  applyResponseCookie(context, full);
  context.draftModeEnabled = enabled;
  state.draftModeCookieHeader = header;
}

/** @param {string} api */
function outsideRequest(api) {
  return new Error(`${api} can only be called from a Server Component, Route Handler, or Server Action.`);
}

/**
 * @param {HeadersContext} context
 * @returns {string} the server's secret; one of the context's own where the server has none
 */
function ensureSecret(context) {
  if (context.draftModeSecret !== undefined) return checkSecret(context.draftModeSecret);
  context.draftModeSecret = crypto.randomUUID();
  return context.draftModeSecret;
}

/** @param {string} secret */
function checkSecret(secret) {
  if (secret.length === 0) throw new Error("[vinext] draft mode secret must be a non-empty string.");
  return secret;
}

/**
 * @param {Request} request
 * @param {string} draftModeSecret not empty
 * @returns {boolean} whether the request itself is in draft mode
 */
export function isDraftModeRequest(request, draftModeSecret) {
  const header = request.headers.get("cookie");
  return !!header && parseCookieHeader(header).get(COOKIE) === checkSecret(draftModeSecret);
}

/**
 * The draft mode of the current request, without counting as a use of a request API.
 *
 * @returns {boolean | null} `null` outside a request
 */
export function getActiveDraftModeState() {
  const context = currentState().headersContext;
  if (!context) return null;
  const { draftModeEnabled, draftModeSecret } = context;
  if (draftModeEnabled !== undefined) return draftModeEnabled;
  return draftModeSecret !== undefined && context.cookies.get(COOKIE) === checkSecret(draftModeSecret);
}

/** @returns {boolean} whether the current request has draft mode on, without counting as a use of a request API */
export function isDraftModeEnabled() {
  return getActiveDraftModeState() ?? false;
}

/**
 * Applies a switch of draft mode that a middleware made to the render of the same request.
 *
 * @param {string} cookieHeader its Set-Cookie header; one that sets another cookie is ignored
 */
export function restoreDraftModeTransition(cookieHeader) {
  const state = currentState();
  const context = state.headersContext;
  if (!context) return;
  const cookie = readSetCookie(cookieHeader);
  if (cookie?.name !== COOKIE) return;
  context.cookies.set(COOKIE, cookie.value);
  context.readonlyCookies = undefined;
  context.mutableCookies = undefined;
  context.draftModeEnabled = cookie.value === checkSecret(context.draftModeSecret ?? "");
  state.draftModeCookieHeader = cookieHeader;
}

/** @returns {boolean} whether a switch of draft mode waits to be sent */
export function hasDraftModeCookieHeader() {
  return currentState().draftModeCookieHeader !== null;
}

/** @returns {string | null} the Set-Cookie header of a switch of draft mode, once */
export function getDraftModeCookieHeader() {
  const state = currentState();
  const header = state.draftModeCookieHeader;
  state.draftModeCookieHeader = null;
  return header;
}
