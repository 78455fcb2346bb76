import { backend } from "../../../js/index.js";
import * as apis from "../../../shims/headers.js";
import * as context from "../../../shims/unified-request-context.js";

/** @param {string} variant its name ends with the backend's */
export function load(variant) {
  if (!variant.endsWith(backend)) throw new Error(`${variant} runs on the ${backend} backend`);
  return { ...context, ...apis };
}
