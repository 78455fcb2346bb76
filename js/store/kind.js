import { KINDS } from "../generated/slot-table.js";

export const OTHER = KINDS.indexOf("other");
const APP_PAGE = KINDS.indexOf("appPage");
const PAGES_PAGE = KINDS.indexOf("pagesPage");
const REGENERATION = KINDS.indexOf("regeneration");

/**
 * What a context is for, told by the fields that vinext's entries give: each gives its own set (vinext 1.4.0, every
 * call of `createRequestContext` under dist/server). Whether an App request is a page, a route handler or an action is
 * not known yet; the context's phase tells it later.
 *
 * @param {object} opts as given to `createRequestContext`
 * @returns {number} code of `KINDS`
 */
export function kindOf(opts) {
  if ("requestSignal" in opts) return APP_PAGE;
  if ("isOnDemandRevalidate" in opts) return PAGES_PAGE;
  return "executionContext" in opts ? REGENERATION : OTHER;
}
