import { fileURLToPath } from "node:url";

/**
 * The address of a module of the real vinext package, to compare ours with.
 *
 * @param {string} path below the package's `dist`
 */
export function stockUrl(path) {
  return new URL(`../../examples/vinext-app/node_modules/vinext/dist/${path}`, import.meta.url).href;
}

/** @param {string} path */
export const stockFile = (path) => fileURLToPath(stockUrl(path));

/** vinext's own request context module. It shares the storages under `Symbol.for("vinext.…")` with ours. */
export const STOCK = stockUrl("shims/unified-request-context.js");

/** The address of our module that replaces it. */
export const OURS = new URL("../../shims/unified-request-context.js", import.meta.url).href;
