import { createRequire } from "node:module";
import { CODES, OnescopeError } from "../util/errors.js";

const require = createRequire(import.meta.url);

/**
 * Loads OpenTelemetry's API, which an app that uses OpenTelemetry has.
 *
 * @returns {typeof import("@opentelemetry/api")}
 * @throws {OnescopeError} `ERR_ONESCOPE_OPENTELEMETRY` if it is not installed or does not load
 */
export function loadApi() {
  try {
    return require("@opentelemetry/api");
  } catch (cause) {
    const reason = /** @type {any} */ (cause).code === "MODULE_NOT_FOUND" ? "is not installed" : "does not load";
    throw new OnescopeError(
      CODES.OPENTELEMETRY,
      `instrument() needs the package @opentelemetry/api, which ${reason} here; install it beside your OpenTelemetry SDK ` +
        "(npm install @opentelemetry/api), or do without instrument()",
      { cause },
    );
  }
}
