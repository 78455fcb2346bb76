import { backend } from "../../../js/index.js";
import * as apis from "../../../shims/headers.js";
import * as context from "../../../shims/unified-request-context.js";

/** @param {string} side its name ends with the backend's */
export function load(side) {
  if (!side.endsWith(backend)) throw new Error(`${side} runs on the ${backend} backend`);
  return { ...context, ...apis };
}
