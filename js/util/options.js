import { CODES, OnescopeError, quoted } from "./errors.js";

/** Longest time that a timer of Node's and a signed word of 32 bits hold, in ms. */
export const MOST_MS = 2 ** 31 - 1;

/** Where `record()` makes its files, and `onescope last-flight` looks for them, by default. */
export const FLIGHTS = ".onescope/flights";

/** Recordings that a directory keeps at most. */
export const MOST_KEPT = 1000;

/** Where `serve()` listens, and `onescope top` looks, by default. */
export const LOOPBACK = "127.0.0.1";
export const PORT = 9464;

/**
 * Reads options once, by name, so that what a getter or a proxy throws is an error with a code.
 *
 * @param {string} call whose options they are, such as `watch()`
 * @param {unknown} options
 * @param {readonly string[]} [names] all own ones if not given
 * @returns {any} an object of its own
 * @throws {OnescopeError} `ERR_ONESCOPE_OPTION`
 */
export function readOptions(call, options, names) {
  /** @type {Record<string, unknown>} without a prototype, which an option named `__proto__` would set */
  const read = Object.create(null);
  if (options === undefined) return read;
  let isArray = false;
  let name = "";
  try {
    isArray = Array.isArray(options);
    if (typeof options === "object" && options !== null && !isArray) {
      for (name of names ?? Object.keys(options)) read[name] = /** @type {Record<string, unknown>} */ (options)[name];
      return read;
    }
  } catch (cause) {
    const what = name === "" ? "the options" : `option ${name}`;
    throw new OnescopeError(CODES.OPTION, `reading ${what} of ${call} failed; pass plain values`, { cause });
  }
  let given = isArray ? "an array" : typeof options;
  if (options === null) given = "null";
  throw new OnescopeError(CODES.OPTION, `the options of ${call} must be an object, not ${given}; correct or omit them`);
}

/**
 * Refuses an option that is not an integer within bounds.
 *
 * @param {string} call whose option it is, such as `watch()`
 * @param {string} name
 * @param {unknown} value
 * @param {number} least
 * @param {number} most
 * @throws {OnescopeError} `ERR_ONESCOPE_OPTION`
 */
export function checkWhole(call, name, value, least, most) {
  const right = Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
  if (!right) refuseOption(call, name, value, `an integer from ${least} to ${most}`);
}

/**
 * @param {string} call whose option it is, such as `watch()`
 * @param {string} name
 * @param {unknown} value shown if it is a number or a text
 * @param {string} expected
 * @param {{ secret?: boolean }} [options] `secret`: the value is never shown
 * @returns {never}
 * @throws {OnescopeError} `ERR_ONESCOPE_OPTION`
 */
export function refuseOption(call, name, value, expected, { secret = false } = {}) {
  let given = typeof value === "number" ? String(value) : typeof value;
  if (typeof value === "string" && !secret) given = quoted(value);
  throw new OnescopeError(
    CODES.OPTION,
    `option ${name} of ${call} must be ${expected}, not ${given}; correct or omit it`,
  );
}
