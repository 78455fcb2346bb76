// What a request brings: its headers and its cookies, both as the application sees them.

import { parseCookieHeader } from "./cookie-header.js";
import { serializeRequestCookies } from "./request-cookies.js";
import { RequestHeaders } from "./request-headers.js";
import { createRenderDynamicLatch, currentState } from "./state.js";

/** @import { HeadersContext, HeadersState } from "./state.js" */

/** The context of a request whose cookies are parsed at first access. */
class LazyHeadersContext {
  /** @type {Map<string, string> | undefined} */
  #cookies;

  /**
   * @param {Headers} headers
   * @param {string | undefined} draftModeSecret
   */
  constructor(headers, draftModeSecret) {
    this.headers = /** @type {Headers} */ (/** @type {unknown} */ (new RequestHeaders(headers)));
    this.draftModeSecret = draftModeSecret;
    // What the request APIs add later. Here from the start, so that all contexts have one shape.
    /** @type {HeadersContext["readonlyHeaders"]} */
    this.readonlyHeaders = undefined;
    /** @type {HeadersContext["readonlyCookies"]} */
    this.readonlyCookies = undefined;
    /** @type {HeadersContext["mutableCookies"]} */
    this.mutableCookies = undefined;
  }

  // Not an own property: a literal with an accessor costs more than all the rest of a request's headers.
  get cookies() {
    return (this.#cookies ??= parseCookieHeader(this.headers.get("cookie") ?? ""));
  }
}

/**
 * @param {Request} request
 * @param {{ draftModeSecret?: string }} [options]
 * @returns {HeadersContext} of which changes never reach the request; its headers are copied at the first change
 */
export function headersContextFromRequest(request, options) {
  return new LazyHeadersContext(request.headers, options?.draftModeSecret);
}

/** @returns {HeadersContext | null} that of the current request, live */
export function getHeadersContext() {
  return currentState().headersContext;
}

/**
 * Replaces what the current request brought, and keeps what became of it so far.
 *
 * @param {HeadersContext} context
 */
export function replaceHeadersContext(context) {
  currentState().headersContext = context;
}

/**
 * Starts a request in the current state, or ends it with `null`.
 *
 * @param {HeadersContext | null} context
 */
export function setHeadersContext(context) {
  const state = currentState();
  if (context !== null) startRequest(state, context);
  else {
    state.headersContext = null;
    state.phase = "render";
  }
}

/**
 * @param {HeadersState} state
 * @param {HeadersContext} context
 */
export function startRequest(state, context) {
  state.headersContext = context;
  state.dynamicUsageDetected = false;
  state.renderDynamicLatch = createRenderDynamicLatch();
  state.renderRequestApiUsage = new Set();
  state.pendingSetCookies = [];
  state.draftModeCookieHeader = null;
  state.phase = "render";
}

/** @returns {string | null} the request's cookies as a header, as the application sees them; `null` if there are none */
export function getEffectiveRequestCookieHeader() {
  const cookies = currentState().headersContext?.cookies;
  return cookies === undefined || cookies.size === 0 ? null : serializeRequestCookies(cookies);
}

/**
 * @param {string | null} cookieHeader as the request has it
 * @returns {boolean} whether the application sees other cookies
 */
export function hasEffectiveRequestCookieChanges(cookieHeader) {
  const cookies = currentState().headersContext?.cookies;
  if (!cookies) return false;
  const original = parseCookieHeader(cookieHeader ?? "");
  if (cookies.size !== original.size) return true;
  for (const [name, value] of cookies) if (original.get(name) !== value) return true;
  return false;
}

/**
 * Gives the current request other cookies. Its Cookie header stays, as in Next.js.
 *
 * @param {string | null} cookieHeader `null` for none
 */
export function applyEffectiveRequestCookieHeader(cookieHeader) {
  const context = currentState().headersContext;
  if (!context) return;
  replaceCookies(context, cookieHeader);
  forgetCookies(context);
}

/**
 * @param {HeadersContext} context
 * @param {string | null} cookieHeader
 */
export function replaceCookies({ cookies }, cookieHeader) {
  cookies.clear();
  for (const [name, value] of parseCookieHeader(cookieHeader ?? "")) cookies.set(name, value);
}

/**
 * Lets the next `cookies()` look again.
 *
 * @param {HeadersContext} context
 */
export function forgetCookies(context) {
  context.readonlyCookies = undefined;
  context.mutableCookies = undefined;
}
