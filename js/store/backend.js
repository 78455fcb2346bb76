import { firstInProcess, loadNative, ONESCOPE_BACKEND, say } from "#host";
import { CODES, OnescopeError } from "../util/errors.js";
import { shared } from "../util/shared.js";
import { createFallback } from "./js-backend/index.js";

/** @import { Backend } from "./native/contract.js" */

/** The reason if no addon was looked for. */
const CHOSEN = "ONESCOPE_BACKEND=js is set";

/** The registry and the store of this process: in Rust, or in JavaScript where the addon does not load. */
export const backend = shared("backend", choose);

/** @returns {Backend} */
function choose() {
  const isKnown = ONESCOPE_BACKEND === undefined || ONESCOPE_BACKEND === "native" || ONESCOPE_BACKEND === "js";
  const found = ONESCOPE_BACKEND === "js" ? createFallback([CHOSEN], firstInProcess()) : load();
  if (!isKnown && found.firstNotice("ONESCOPE_BACKEND")) {
    say(
      `ONESCOPE_BACKEND is "${ONESCOPE_BACKEND?.slice(0, 100)}", which is ignored; set it to "native" or "js", or unset it`,
    );
  }
  return found;
}

/** @returns {Backend} */
function load() {
  const { native, reasons } = loadNative();
  if (native !== undefined) return native;
  if (ONESCOPE_BACKEND === "native") {
    throw new OnescopeError(
      CODES.BACKEND,
      `ONESCOPE_BACKEND=native, but the addon does not load:${listed(reasons)}Correct that, or unset ONESCOPE_BACKEND to run ` +
        "on the JavaScript backend",
    );
  }
  return createFallback(reasons, firstInProcess());
}

/**
 * A part that only the native backend has. Without it a diagnostic is off, which one line on stderr says, and the program
 * continues.
 *
 * @template {"watchdog" | "recorder" | "diagnostics"} Part
 * @param {Part} part
 * @param {string} call what needs it, such as `watch()`
 * @param {boolean} strict whether to throw instead
 * @returns {typeof backend[Part]} `undefined` on the JavaScript backend
 * @throws {OnescopeError} `ERR_ONESCOPE_BACKEND` if strict
 */
export function nativePart(part, call, strict) {
  const found = backend[part];
  if (found !== undefined) return found;
  if (strict) {
    throw new OnescopeError(
      CODES.BACKEND,
      `${call} needs the native backend, and the JavaScript backend is in use:${listed(backend.reasons)}Correct that, or ` +
        `omit strict: then ${call} does nothing there`,
    );
  }
  noteJsBackend();
  return undefined;
}

/** On the JavaScript backend: says once in the process which backend is in use, why, and what is off. */
export function noteJsBackend() {
  if (backend.name !== "js" || !backend.firstNotice("JavaScript backend")) return;
  const causes = backend.reasons.join("; ");
  const { platform, arch } = globalThis.process;
  const why = causes === CHOSEN ? causes : `no addon for ${platform}-${arch}: ${causes}`;
  say(`JavaScript backend (${why}); watch, serve and record are off`);
}

/** @param {readonly string[]} reasons */
function listed(reasons) {
  return `\n${reasons.map((reason) => `  - ${reason}\n`).join("")}`;
}
