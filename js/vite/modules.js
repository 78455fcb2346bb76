// vinext's modules that onescope replaces, by their path below `vinext/dist/shims` without the extension. The module
// of the same name in this package's `shims` replaces each.

/**
 * They hold what must exist once in a process: the plugin leaves them outside the bundles, one instance for all
 * environments. What it knows of their contents is in difference.js.
 */
export const CORE = ["internal/als-registry", "unified-request-context"];

/**
 * They keep state in the request context. The plugin puts them into Vite's graph in the place of vinext's own, so that
 * they find vinext's other modules there (`vinext/shims/…`), once per environment as vinext's own would.
 */
export const STATE = [
  "cache-for-request",
  "cache-request-state",
  "fetch-cache-state",
  "head-state",
  "headers",
  "i18n-state",
  "internal/headers-state",
  "navigation-state",
  "request-context",
  "root-params",
  "router-state",
];

/**
 * Code of vinext's that a state module relies on and that ours reimplements, because vinext does not export it: below
 * `vinext/dist`. A change there counts as one of the module.
 *
 * @type {Record<string, string[]>}
 */
export const REIMPLEMENTED = {
  headers: ["utils/middleware-request-headers", "utils/parse-cookie", "utils/protocol-headers"],
};
