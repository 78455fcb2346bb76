/** @typedef {import("../../js/native/contract.js").ContextKind} ContextKind */

/**
 * What a context is for, told by the fields that vinext's entries give: each gives its own set (vinext 1.4.0, every
 * call of `createRequestContext` under dist/server). Whether an App request is a page, a route handler or an action is
 * not known yet; the context's phase tells it later.
 *
 * @param {object | null | undefined} opts as given to `createRequestContext`
 * @returns {ContextKind}
 */
export function kindOf(opts) {
  if (opts == null) return "other";
  if ("requestSignal" in opts) return "appPage";
  if ("isOnDemandRevalidate" in opts) return "pagesPage";
  return "executionContext" in opts ? "regeneration" : "other";
}
