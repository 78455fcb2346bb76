/**
 * Every error code of the JavaScript side. Codes are stable: programs may compare them.
 * The native side throws the same codes for the same mistakes.
 */
export const CODES = /** @type {const} */ ({
  BACKEND: "ERR_ONESCOPE_BACKEND",
  SLOT_CONFLICT: "ERR_ONESCOPE_SLOT_CONFLICT",
  SLOT_UNKNOWN: "ERR_ONESCOPE_SLOT_UNKNOWN",
  SLOT_SPEC: "ERR_ONESCOPE_SLOT_SPEC",
  SLOT_KIND: "ERR_ONESCOPE_SLOT_KIND",
  CELL_FULL: "ERR_ONESCOPE_CELL_FULL",
  STALE_HANDLE: "ERR_ONESCOPE_STALE_HANDLE",
  HANDLE: "ERR_ONESCOPE_HANDLE",
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
});

/** An error of onescope: `code` is one of {@link CODES}, the message names the cause and the way out. */
export class OnescopeError extends Error {
  /**
   * @param {string} code one of {@link CODES}
   * @param {string} message
   * @param {ErrorOptions} [options]
   */
  constructor(code, message, options) {
    super(message, options);
    this.name = "OnescopeError";
    this.code = code;
  }
}

/**
 * @param {unknown} value of any type, also one that cannot be turned into a string
 * @returns {string} the value as a message shows it
 */
export function shown(value) {
  if (typeof value === "string") return JSON.stringify(value);
  try {
    return String(value);
  } catch {
    return typeof value === "function" ? "a function" : "an object";
  }
}
