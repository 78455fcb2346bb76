import { CODES, OnescopeError } from "../util/errors.js";
import { backend } from "./backend.js";

/**
 * A part of the backend that only the native one has.
 *
 * @template {"watchdog" | "recorder" | "diagnostics"} Part
 * @param {Part} part
 * @param {string} call what needs it, such as `watch()`
 * @param {string} why the JavaScript backend cannot have it
 * @returns {NonNullable<typeof backend[Part]>}
 * @throws {OnescopeError} `ERR_ONESCOPE_BACKEND` on the JavaScript backend
 */
export function nativeOnly(part, call, why) {
  const found = backend[part];
  if (found !== undefined) return found;
  throw new OnescopeError(
    CODES.BACKEND,
    `${call} needs the native backend, for ${why}; this is the JavaScript one: ${backend.reasons.join("; ")}. Make the ` +
      `addon load, or do without ${call}`,
  );
}
