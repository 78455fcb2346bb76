// What each variant gives to a compiled replay (compile.mjs).

import { AsyncLocalStorage } from "node:async_hooks";

/** @typedef {{ storages: { name: string, made: "keyed" | "listed" | "own", byServer?: true, entered?: true }[] }} Recording */

const nothing = () => {};

/** What storages hold; a recorded request never has as many. */
const values = Array.from({ length: 256 }, (_, id) => ({ id }));
const settled = Promise.resolve();

const common = {
  values,
  nothing,
  object: { waitUntil: nothing },
  /** What a field held, as far as two variants can be compared by a number. */
  kind: (/** @type {unknown} */ value) => {
    if (value === null) return 1;
    if (value === undefined) return 2;
    return value === false ? 3 : 4;
  },
  /** Makes promises that lead to no operation; some are continued, the others only made. */
  idle(/** @type {number} */ created, /** @type {number} */ continued) {
    for (let i = 0; i < continued; i++) settled.then(nothing);
    for (let i = continued; i < created; i++) new Promise(nothing);
  },
  serverSnapshot: () => AsyncLocalStorage.snapshot(),
  appSnapshot: () => AsyncLocalStorage.snapshot(),
};

/** @param {Recording} recording */
async function vinext({ storages }) {
  const registry = await import("vinext-1-4-0/shims/internal/als-registry");
  const shim = await import("vinext-1-4-0/shims/unified-request-context");
  const { isInsideUnifiedScope, getRequestContext } = shim;
  return {
    ...common,
    ...shim,
    runOutsideRequestScopes: registry.runOutsideRequestScopes,
    storages: storages.map((storage) => make(storage, registry)),
    stateOfShim: () => (isInsideUnifiedScope() ? getRequestContext() : undefined),
    isRequestOfShim: isInsideUnifiedScope,
  };
}

/** @param {Recording} recording */
async function onescope({ storages }) {
  const registry = await import("../../../shims/internal/als-registry.js");
  const shim = await import("../../../shims/unified-request-context.js");
  const { currentRequest, requestState } = await import("../../../shims/internal/request-state.js");
  const { SlotStorage } = await import("../../../js/index.js");
  const state = requestState("i18n", () => ({}));
  return {
    ...common,
    ...shim,
    runOutsideRequestScopes: registry.runOutsideRequestScopes,
    storages: storages.map((storage) => make(storage, registry)),
    stateOfShim: state.current,
    isRequestOfShim: () => currentRequest() != null,
    appSnapshot: () => SlotStorage.snapshot(),
  };
}

/** The replay itself: every operation only calls what it is given. */
async function harness({ storages }) {
  const context = {};
  const capture = () => (/** @type {() => unknown} */ fn) => fn();
  const call = (/** @type {unknown} */ _value, /** @type {() => unknown} */ fn) => fn();
  return {
    ...common,
    serverSnapshot: capture,
    appSnapshot: capture,
    createRequestContext: () => context,
    runWithRequestContext: call,
    runWithUnifiedStateMutation(/** @type {(child: object) => void} */ mutate, /** @type {() => unknown} */ fn) {
      mutate(context);
      return fn();
    },
    bindRequestContext: (/** @type {() => unknown} */ fn) => fn,
    runOutsideRequestScopes: (/** @type {() => unknown} */ fn) => fn(),
    getRequestContext: () => context,
    isInsideUnifiedScope: () => true,
    stateOfShim: () => context,
    isRequestOfShim: () => true,
    storages: storages.map(() => ({
      run: call,
      exit: (/** @type {() => unknown} */ fn) => fn(),
      getStore: nothing,
      enterWith: nothing,
    })),
  };
}

/**
 * @param {Recording["storages"][number]} storage
 * @param {any} registry
 */
function make({ name, made }, registry) {
  if (made === "keyed") return registry.getOrCreateAls(name);
  const storage = new AsyncLocalStorage();
  if (made === "listed") registry.registerAlsForScopeExit(storage);
  return storage;
}

const VARIANTS = { "vinext 1.4.0": vinext, plugin: onescope, both: onescope, harness };

/**
 * The process as the recorded server had it: the storages that `vinext start` makes first exist before the app's modules
 * load, and those that were in use by then are in use.
 *
 * @param {string} variant
 * @param {Recording} recording
 */
export async function createRuntime(variant, recording) {
  if ((AsyncLocalStorage.name === "SlotStorage") !== (variant === "both")) {
    throw new Error(`${AsyncLocalStorage.name} on ${variant}`);
  }
  const global = /** @type {any} */ (globalThis);
  for (const { name, made, byServer } of recording.storages) {
    if (byServer && made === "keyed") global[Symbol.for(name)] = new AsyncLocalStorage();
  }
  const runtime = await VARIANTS[variant](recording);
  for (const [index, { entered }] of recording.storages.entries()) {
    if (entered) runtime.storages[index].run(values[0], nothing);
  }
  return runtime;
}
