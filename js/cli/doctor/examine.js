import { AsyncLocalStorage } from "node:async_hooks";
import { statSync } from "node:fs";
import manifest from "../../../package.json" with { type: "json" };
import { slotBehind } from "../../async-context/adopt.js";
import { entry } from "../../async-context/entry.js";
import { mode, nodeHooks } from "../../async-context/node-hooks.js";
import { rootStorage } from "../../async-context/root-storage.js";
import { MAX_SCOPE_LENGTH } from "../../async-context/scope.js";
import { SlotStorage } from "../../async-context/slot-storage.js";
import { LAYOUT, LIMITS } from "../../generated/slot-table.js";
import { loadNative } from "../../store/native/load.js";
import { ONESCOPE_BACKEND, ONESCOPE_NATIVE_PATH } from "../../util/env.js";
import { otherRuntime, quietRuntime } from "../../util/runtime.js";
import { examineVinext } from "./vinext.js";

/** @import { Backend } from "../../store/native/contract.js" */

// Only the native backend has these.
const NATIVE_ONLY = ["other threads in inFlight() and leaks()", "histograms()", "watch()", "record()", "serve()"];

/** @typedef {Awaited<ReturnType<typeof examine>>} Report */

/**
 * Examines this process, which was started as an app would be, and a folder.
 *
 * @param {string} folder where the app is
 */
export async function examine(folder) {
  /** @type {string[]} */
  const problems = [];
  // The report has what the warning would say.
  quietRuntime();
  if (otherRuntime !== undefined) {
    const { name, gaps } = otherRuntime;
    problems.push(...gaps.map((gap) => `does not work in ${name}: ${gap}`));
  }
  const { native, reasons } = loadNative();
  const propagation = await examinePropagation();
  return {
    onescope: manifest.version,
    node: process.versions.node,
    runtime: otherRuntime === undefined ? null : { name: otherRuntime.name, version: otherRuntime.version },
    platform: `${process.platform}-${process.arch}`,
    backend: examineBackend(native, reasons, problems),
    propagation,
    storages: examineStorages(),
    limits: {
      storagesPerScope: MAX_SCOPE_LENGTH - 1,
      contextsPerPage: LAYOUT.pageRecords - 1,
      pageBytes: LAYOUT.pageBytes,
      labelBytes: LAYOUT.labelBytes,
      flagsAndEnums: LAYOUT.fieldCount,
      counters: LAYOUT.counterCount,
      enumVariants: LIMITS.enumVariants,
      slotKeyBytes: LIMITS.keyBytes,
      clockTickMs: LAYOUT.clockTickMs,
      abandonedLabels: LIMITS.abandonedLabels,
    },
    vinext: await examineVinext(folder),
    environment: {
      ONESCOPE_BACKEND: ONESCOPE_BACKEND ?? null,
      ONESCOPE_NATIVE_PATH: ONESCOPE_NATIVE_PATH ?? null,
      NODE_OPTIONS: process.env.NODE_OPTIONS || null,
      flags: process.execArgv,
    },
    problems,
  };
}

/**
 * @param {Backend | undefined} native
 * @param {string[]} reasons why there is none
 * @param {string[]} problems
 */
function examineBackend(native, reasons, problems) {
  const requested = ONESCOPE_BACKEND ?? null;
  if (requested !== null && requested !== "native" && requested !== "js") {
    problems.push(`ONESCOPE_BACKEND is "${requested}"; set it to "native" or "js", or unset it`);
  }
  if (native === undefined && (requested === "native" || ONESCOPE_NATIVE_PATH !== undefined)) {
    const by = requested === "native" ? "ONESCOPE_BACKEND=native" : "ONESCOPE_NATIVE_PATH";
    problems.push(...reasons.map((reason) => `${by} requires the addon, which does not load: ${reason}`));
  }
  const name = native !== undefined && requested !== "js" ? "native" : "js";
  return {
    name,
    requested,
    reasons: requested === "js" ? ["ONESCOPE_BACKEND=js is set", ...reasons] : reasons,
    missing: name === "js" ? NATIVE_ONLY : [],
    addon: native === undefined ? null : describeAddon(native),
  };
}

/** @param {Backend} native */
function describeAddon(native) {
  const path = /** @type {string} */ (native.path);
  const { mtime, size } = statSync(path);
  return {
    path,
    version: native.version?.() ?? null,
    layout: native.layoutHash(),
    built: mtime.toISOString(),
    bytes: size,
  };
}

async function examinePropagation() {
  const registered = isRegistered();
  const entryStrategy = entry.strategy;
  const others = entry.foreign ?? null;
  // Last, because it changes the process.
  await import("../../register.js");
  return {
    mode: mode.frames ? "AsyncContextFrame" : "async_hooks",
    register: registered,
    entryStrategy,
    entryStrategyWithRegister: entry.strategy,
    otherStoragesInUse: others,
    frameReaders: entry.frameReaders,
  };
}

/** @returns {boolean} whether `onescope/register` was loaded before */
function isRegistered() {
  return (
    AsyncLocalStorage !== nodeHooks.AsyncLocalStorage && AsyncLocalStorage === /** @type {unknown} */ (SlotStorage)
  );
}

/** The storages under keys of the global object, where frameworks and tracers keep theirs. */
function examineStorages() {
  /** @type {{ slots: string[], others: string[] }} */
  const found = { slots: [], others: [] };
  for (const key of Object.getOwnPropertySymbols(globalThis)) {
    const storage = /** @type {Record<symbol, unknown>} */ (/** @type {unknown} */ (globalThis))[key];
    // The root storage always exists.
    if (!(storage instanceof nodeHooks.AsyncLocalStorage) || storage === rootStorage) continue;
    found[slotBehind(storage) === undefined ? "others" : "slots"].push(key.description ?? "");
  }
  return found;
}
