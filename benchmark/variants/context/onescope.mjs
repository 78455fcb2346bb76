import { FIELD_NAMES } from "../../../js/generated/context-fields.js";
import { backend } from "../../../js/index.js";
import * as shim from "../../../shims/unified-request-context.js";
import { appOptions } from "./request.mjs";
import { unifiedContext } from "./unified-context.mjs";

/** @param {string} variant its name ends with the backend's */
export function createVariant(variant) {
  if (!variant.endsWith(backend)) throw new Error(`${variant} runs on the ${backend} backend`);
  return unifiedContext(shim, appOptions, FIELD_NAMES);
}
