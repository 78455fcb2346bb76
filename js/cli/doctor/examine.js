import { AsyncLocalStorage } from "node:async_hooks";
import { existsSync } from "node:fs";
import { join } from "node:path";
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
import { OnescopeError } from "../../util/errors.js";
import { otherRuntime, quietRuntime } from "../../util/runtime.js";
import { projectAbove } from "../project/project.js";
import { addonSummary, examineApp, findAdvice, findProblems, summarize } from "./app.js";
import { examineVinext } from "./vinext.js";

/** @import { Finding } from "./app.js" */
/** @import { Backend } from "../../store/native/contract.js" */

// Only the native backend has these.
const NATIVE_ONLY = ["other threads in inFlight() and leaks()", "histograms()", "watch()", "record()", "serve()"];

const FIX_OF_ADDON = "install again with optional dependencies; set ONESCOPE_BACKEND=js to do without it";

/** @typedef {Awaited<ReturnType<typeof examine>>} Report */

/**
 * Examines this process, which was started as an app would be, and a folder.
 *
 * @param {string} folder where the app is
 */
export async function examine(folder) {
  /** @type {Finding[]} */
  const problems = [];
  // The report has what the warning would say.
  quietRuntime();
  if (otherRuntime !== undefined) {
    const { name, gaps } = otherRuntime;
    problems.push(
      ...gaps.map((gap) => ({ problem: `does not work in ${name}: ${gap}`, fix: "run the server with Node" })),
    );
  }
  const { native, reasons } = loadNative();
  const backend = examineBackend(native, reasons, problems);
  const propagation = await examinePropagation();
  const app = readApp(folder, problems);
  if (app !== undefined) problems.push(...findProblems(app));
  return {
    summary: app === undefined ? `no app in this folder; ${addonSummary(backend)}` : summarize(app, backend),
    onescope: manifest.version,
    node: process.versions.node,
    runtime: otherRuntime === undefined ? null : { name: otherRuntime.name, version: otherRuntime.version },
    platform: `${process.platform}-${process.arch}`,
    app: app ?? null,
    backend,
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
    advice: [...(app === undefined ? [] : findAdvice(app)), ...adviceOnNode()],
  };
}

/**
 * @param {string} folder
 * @param {Finding[]} problems
 */
function readApp(folder, problems) {
  // A folder that needs no install may have the server and its packages alone.
  if (!["package.json", "node_modules"].some((name) => existsSync(join(folder, name)))) {
    const above = projectAbove(folder);
    const fix = above === undefined ? "run this in the folder of the app" : `run this in ${above}`;
    problems.push({ problem: `there is no package.json in ${folder}`, fix });
  }
  try {
    return examineApp(folder);
  } catch (error) {
    if (!(error instanceof OnescopeError)) throw error;
    problems.push({ problem: error.message, fix: "correct package.json" });
    return undefined;
  }
}

/** @returns {string[]} */
function adviceOnNode() {
  if (mode.frames || otherRuntime !== undefined) return [];
  const flag =
    Number.parseInt(process.versions.node, 10) < 24
      ? "try NODE_OPTIONS=--experimental-async-context-frame"
      : "remove --no-async-context-frame";
  return [`async_hooks make each await slower: ${flag}`];
}

/**
 * @param {Backend | undefined} native
 * @param {string[]} reasons why there is none
 * @param {Finding[]} problems
 */
function examineBackend(native, reasons, problems) {
  const requested = ONESCOPE_BACKEND ?? null;
  if (requested !== null && requested !== "native" && requested !== "js") {
    problems.push({ problem: `ONESCOPE_BACKEND is "${requested}"`, fix: 'set it to "native" or "js", or unset it' });
  }
  if (native === undefined && requested !== "js" && otherRuntime === undefined) {
    problems.push(...reasons.map((reason) => ({ problem: `the addon does not load: ${reason}`, fix: FIX_OF_ADDON })));
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
  return { path, version: native.version?.() ?? null, layout: native.layoutHash() };
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
