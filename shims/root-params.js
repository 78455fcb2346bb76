// Replaces vinext's shims/root-params: the parameters above the root layout, and where they must not be read.

import { requestState } from "onescope/internal/request-state";
import { getOrCreateAls } from "onescope/shims/internal/als-registry";
import { _recordUseCacheRootParamRead } from "vinext/shims/internal/cache-context-accessor";

/** @import { RootParams, RootParamsState, RootParamsUsage, RootParamsUsageController } from "vinext/shims/root-params" */

const state = requestState("rootParams", () => /** @type {RootParamsState} */ ({ rootParams: null }));

/** @type {import("node:async_hooks").AsyncLocalStorage<RootParamsUsage & { phase: "active" | "render" }>} */
const usageStorage = getOrCreateAls("vinext.rootParams.usage.als");

/**
 * @param {RootParams} params all of a route's
 * @param {readonly string[] | null | undefined} rootParamNames
 * @returns {RootParams} those that are named, also if the route has none of that name
 */
export function pickRootParams(params, rootParamNames) {
  return Object.fromEntries((rootParamNames ?? []).map((name) => [name, params[name]]));
}

/** @param {RootParams | null} params of the current route */
export function setRootParams(params) {
  state.current().rootParams = params;
}

/**
 * @param {string} name
 * @returns {Promise<string | string[] | undefined>}
 * @throws {Error} at once, inside a route handler, and inside a server action until it renders
 */
export function getRootParam(name) {
  const usage = usageStorage.getStore();
  if (usage?.phase === "active") refuse(usage, name);
  _recordUseCacheRootParamRead(name);
  return Promise.resolve(state.current().rootParams?.[name]);
}

/**
 * @param {RootParamsUsage} usage
 * @param {string} name
 */
function refuse(usage, name) {
  const api = `\`import('next/root-params').${name}()\``;
  if (usage.kind === "server-action") {
    throw new Error(
      `${api} was used inside a Server Action. This is not supported. ` +
        "Functions from 'next/root-params' can only be called in the context of a route.",
    );
  }
  if (usage.kind === "route-handler") {
    throw new Error(
      `Route ${usage.routePattern} used ${api} inside a Route Handler. ` +
        "Support for this API in Route Handlers is planned for a future version of Next.js.",
    );
  }
}

/** @returns {RootParams | null} all of the current route's, for the keys of cached functions */
export function getCurrentRootParams() {
  return state.current().rootParams;
}

/**
 * Calls `fn` as what `usage` says it is.
 *
 * @template T
 * @param {RootParamsUsage} usage
 * @param {() => T} fn
 * @param {RootParamsUsageController} [controller] gets the method that says that a server action renders from now on
 * @returns {T}
 */
export function runWithRootParamsUsage(usage, fn, controller) {
  /** @type {RootParamsUsage & { phase: "active" | "render" }} */
  const current = { ...usage, phase: "active" };
  if (controller) {
    controller.transitionToRender = () => {
      if (usage.kind === "server-action") current.phase = "render";
    };
  }
  return usageStorage.run(current, fn);
}

/** @returns {RootParamsUsageController} does nothing until {@link runWithRootParamsUsage} was given it */
export function createRootParamsUsageController() {
  return { transitionToRender() {} };
}

/**
 * Calls `fn` with these parameters: in a child of the current request, or outside a request with its own state.
 *
 * @template T
 * @param {RootParams} params
 * @param {() => T} fn
 * @returns {T}
 */
export function runWithRootParamsScope(params, fn) {
  return state.runWith({ rootParams: params }, fn);
}
