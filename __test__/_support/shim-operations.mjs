import { cacheForRequest } from "./shim-operations/cache-for-request.mjs";
import { cacheRequestState } from "./shim-operations/cache-request-state.mjs";
import { fetchCacheState } from "./shim-operations/fetch-cache-state.mjs";
import { requestContext, rootParams } from "./shim-operations/params.mjs";
import { headState, i18nState, navigationState, routerState } from "./shim-operations/rendering.mjs";

/**
 * What programs do with one state module. A copy is what its modules export, in one object.
 *
 * @typedef {object} Shim
 * @property {string[]} modules of vinext's, besides the state module itself, through which it is used
 * @property {string} [fallback] key of the state that the process shares
 * @property {(copies: any[], memory: any) => void} [prepare] called before each program
 * @property {Record<string, (copy: any, fn: () => any, arg: number, memory: any) => any>} scopes call `fn` in a scope
 * @property {Record<string, (copy: any, arg: number, memory: any, inRequest: boolean) => any>} acts
 * @property {(copy: any, memory: any) => any} read everything that shows of the state
 */

/** @type {Record<string, Shim>} */
export const SHIMS = {
  "cache-for-request": cacheForRequest,
  "cache-request-state": cacheRequestState,
  "fetch-cache-state": fetchCacheState,
  "head-state": headState,
  "i18n-state": i18nState,
  "navigation-state": navigationState,
  "request-context": requestContext,
  "root-params": rootParams,
  "router-state": routerState,
};
