import { shared } from "./shared.js";

/** The error codes that JavaScript throws; the addon has more (src/error.rs). Codes are stable: programs may compare them. */
export const CODES = /** @type {const} */ ({
  BACKEND: "ERR_ONESCOPE_BACKEND",
  SLOT_CONFLICT: "ERR_ONESCOPE_SLOT_CONFLICT",
  SLOT_UNKNOWN: "ERR_ONESCOPE_SLOT_UNKNOWN",
  SLOT_SPEC: "ERR_ONESCOPE_SLOT_SPEC",
  SLOT_KIND: "ERR_ONESCOPE_SLOT_KIND",
  FIELDS_FULL: "ERR_ONESCOPE_FIELDS_FULL",
  STALE_ID: "ERR_ONESCOPE_STALE_ID",
  ID: "ERR_ONESCOPE_ID",
  FILTER: "ERR_ONESCOPE_FILTER",
  NO_CONTEXT: "ERR_ONESCOPE_NO_CONTEXT",
  OPTION: "ERR_ONESCOPE_OPTION",
  RECORDING: "ERR_ONESCOPE_RECORDING",
  RECORD_WORKER: "ERR_ONESCOPE_RECORD_WORKER",
  PERMISSION: "ERR_ONESCOPE_PERMISSION",
  SERVING: "ERR_ONESCOPE_SERVING",
  TOKEN: "ERR_ONESCOPE_TOKEN",
  OPENTELEMETRY: "ERR_ONESCOPE_OPENTELEMETRY",
  INSTRUMENTED: "ERR_ONESCOPE_INSTRUMENTED",
  SERVER_ONLY: "ERR_ONESCOPE_SERVER_ONLY",
  FLIGHT_AMBIGUOUS: "ERR_ONESCOPE_FLIGHT_AMBIGUOUS",
  PROJECT: "ERR_ONESCOPE_PROJECT",
});

/**
 * The class of every error of onescope, whichever backend and copy of this package throws it: `code` is stable, and the message
 * names the cause and what to do.
 */
export const OnescopeError = shared(
  "OnescopeError",
  () =>
    class OnescopeError extends Error {
      /**
       * @param {string} code
       * @param {string} message
       * @param {ErrorOptions} [options]
       */
      constructor(code, message, options) {
        super(message, options);
        this.name = "OnescopeError";
        this.code = code;
      }
    },
);

const OWN_CODE = /^ERR_ONESCOPE_/;

/**
 * A function of the addon that throws its errors as OnescopeErrors.
 *
 * @template {(...args: never[]) => unknown} F
 * @param {F} fn
 * @returns {F}
 */
export function withOwnErrors(fn) {
  const call = (/** @type {never[]} */ ...args) => {
    try {
      return fn(...args);
    } catch (error) {
      const { code, message } = /** @type {{ code?: unknown, message: string }} */ (error ?? {});
      // Others are not the addon's: a getter of an argument threw them.
      if (error instanceof OnescopeError || typeof code !== "string" || !OWN_CODE.test(code)) throw error;
      throw new OnescopeError(code, message);
    }
  };
  return /** @type {F} */ (call);
}

/** Units of a text that a message shows at most. */
const MOST_SHOWN = 100;

/** @param {string} text of any length, which can become six times as long as JSON */
export function quoted(text) {
  return JSON.stringify(text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text);
}

/**
 * @param {unknown} value of any type, also one that cannot be turned into a string
 * @returns {string} the value as a message shows it
 */
export function shown(value) {
  if (typeof value === "string") return quoted(value);
  try {
    return String(value);
  } catch {
    return typeof value === "function" ? "a function" : "an object";
  }
}

/**
 * @param {unknown} value
 * @returns {string} the value as both backends' messages show it: a literal, or the type of what has none
 */
export function literal(value) {
  if (typeof value === "string") return JSON.stringify(value.toWellFormed());
  if (typeof value === "object" && value !== null) return "an object";
  return ["function", "symbol", "bigint"].includes(typeof value) ? `a ${typeof value}` : String(value);
}
