// What a server gave is checked here, once: the rest relies on the types.

/** @import { Slow } from "../../inspect.js" */
/** @import { InFlight, Stall } from "./fetch.js" */

/**
 * @param {Record<string, unknown>} body
 * @returns {body is InFlight}
 */
export function isInFlight(body) {
  const { pid, now, threads, total, inFlight } = body;
  return isWhole(pid) && isText(now) && isListOf(threads, isThread) && isWhole(total) && isListOf(inFlight, isObject);
}

/**
 * @param {Record<string, unknown>} body
 * @returns {body is { stalls: Stall[] }}
 */
export function isStalls(body) {
  return isListOf(body.stalls, isStall);
}

/**
 * @param {Record<string, unknown>} body
 * @returns {body is { slow: Slow[] }}
 */
export function isSlow(body) {
  return isListOf(body.slow, (label) => isObject(label) && isListOf(label.requests, isSlowRequest));
}

/** @param {unknown} value */
function isSlowRequest(value) {
  if (!isObject(value)) return false;
  const isWait = (/** @type {unknown} */ wait) => isObject(wait) && typeof wait.ms === "number";
  return typeof value.ms === "number" && typeof value.agoMs === "number" && isListOf(value.waits, isWait);
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * @param {unknown} value
 * @param {number} [levels]
 * @returns {boolean} whether it is nested no deeper, so that it can be printed
 */
export function isShallow(value, levels = 20) {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((each) => isShallow(each, levels - 1));
}

/** @param {unknown} value */
function isThread(value) {
  if (!isObject(value) || !isWhole(value.thread)) return false;
  const { blockedMs, suspect } = value;
  return (blockedMs === null || typeof blockedMs === "number") && (suspect === null || isSuspect(suspect));
}

/** @param {unknown} value */
function isStall(value) {
  if (!isObject(value) || !isWhole(value.thread)) return false;
  const { onescope, blockedMs, at, stack } = value;
  if (typeof blockedMs !== "number" || !isText(at)) return false;
  return onescope !== "stall" || (isListOf(stack, isText) && isSuspect(value));
}

/** @param {unknown} value */
function isSuspect(value) {
  if (!isObject(value)) return false;
  const { confidence, request, call } = value;
  const isKnown = isObject(request) && isWhole(request.id) && isText(request.label);
  return isText(confidence) && (request === null || isKnown) && (call === null || isText(call));
}

/**
 * @param {unknown} list
 * @param {(item: unknown) => boolean} isRight
 */
function isListOf(list, isRight) {
  return Array.isArray(list) && list.every(isRight);
}

/** @param {unknown} value */
function isText(value) {
  return typeof value === "string";
}

/** @param {unknown} value */
function isWhole(value) {
  return Number.isSafeInteger(value);
}
