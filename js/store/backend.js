import { loadNative, ONESCOPE_BACKEND } from "#host";
import { CODES, OnescopeError } from "../util/errors.js";
import { shared } from "../util/shared.js";
import { createFallback } from "./js-backend/index.js";

/** @import { Backend } from "./native/contract.js" */

/** The registry and the store of this process: in Rust, or in JavaScript where the addon does not load. */
export const backend = shared("backend", choose);

/** @returns {Backend} */
function choose() {
  if (ONESCOPE_BACKEND !== undefined && ONESCOPE_BACKEND !== "native" && ONESCOPE_BACKEND !== "js") {
    throw new OnescopeError(
      CODES.BACKEND,
      `ONESCOPE_BACKEND is "${ONESCOPE_BACKEND}"; set it to "native" or "js", or unset it to use native if it loads`,
    );
  }
  if (ONESCOPE_BACKEND === "js") return createFallback(["ONESCOPE_BACKEND=js is set"]);
  const { native, reasons } = loadNative();
  if (native !== undefined) return native;
  if (ONESCOPE_BACKEND === "native") {
    throw new OnescopeError(
      CODES.BACKEND,
      `ONESCOPE_BACKEND=native, but the addon does not load:\n${reasons.map((reason) => `  - ${reason}`).join("\n")}\n` +
        "Build it with `npm run setup` in a checkout, or unset ONESCOPE_BACKEND to run on the JavaScript backend",
    );
  }
  return createFallback(reasons);
}

/**
 * A part that only the native backend has.
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
    `${call} needs the native backend: ${why}. The JavaScript backend is in use (${backend.reasons.join("; ")}); fix ` +
      `that, or do not call ${call}`,
  );
}
