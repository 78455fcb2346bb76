import { AsyncLocalStorage } from "node:async_hooks";
import { statSync } from "node:fs";
import manifest from "../../../package.json" with { type: "json" };
import { slotBehind } from "../../async-context/adopt.js";
import { entry } from "../../async-context/entry.js";
import { mode, nodeHooks } from "../../async-context/node-hooks.js";
import { rootStorage } from "../../async-context/root-storage.js";
import { MAX_SCOPE_LENGTH } from "../../async-context/scope.js";
import { SlotStorage } from "../../async-context/slot-storage.js";
import { createFallback } from "../../store/js-backend/index.js";
import { loadNative } from "../../store/native/load.js";
import { ONESCOPE_BACKEND, ONESCOPE_NATIVE_PATH } from "../../util/env.js";
import { otherRuntime, quietRuntime } from "../../util/runtime.js";
import { examineVinext } from "./vinext.js";

/** @import { Backend } from "../../store/native/contract.js" */

// What only the native backend has.
const NATIVE_ONLY = ["other threads in inFlight() and leaks()", "histograms()", "watch()", "record()", "serve()"];

/** @typedef {Awaited<ReturnType<typeof examine>>} Report */

/**
 * Looks at this process, which was started as an app would be, and at a folder.
 *
 * @param {string} folder where the app is
 */
export async function examine(folder) {
  /** @type {string[]} */
  const problems = [];
  // The report says what a warning would.
  quietRuntime();
  if (otherRuntime !== undefined) {
    const { name, gaps } = otherRuntime;
    problems.push(...gaps.map((gap) => `${name} lacks what Node has: ${gap}`));
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
      storagesWithAPlace: MAX_SCOPE_LENGTH - 1,
      ...Object.fromEntries((native ?? createFallback([])).limits().map(({ name, value }) => [name, value])),
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
  const asked = ONESCOPE_BACKEND ?? null;
  if (asked !== null && asked !== "native" && asked !== "js") {
    problems.push(`ONESCOPE_BACKEND is "${asked}"; set it to "native" or "js", or unset it`);
  }
  if (native === undefined && (asked === "native" || ONESCOPE_NATIVE_PATH !== undefined)) {
    const by = asked === "native" ? "ONESCOPE_BACKEND=native" : "ONESCOPE_NATIVE_PATH";
    problems.push(...reasons.map((reason) => `${by} asks for the addon, but it does not load: ${reason}`));
  }
  const name = native !== undefined && asked !== "js" ? "native" : "js";
  return {
    name,
    asked,
    reasons: asked === "js" ? ["ONESCOPE_BACKEND=js asks for it", ...reasons] : reasons,
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
  const way = entry.strategy;
  const others = entry.foreign ?? null;
  // Last of all, for it changes the process.
  await import("../../register.js");
  return {
    mode: mode.frames ? "AsyncContextFrame" : "async_hooks",
    register: registered,
    way,
    wayWithRegister: entry.strategy,
    otherStoragesInUse: others,
    frameReaders: entry.frameReaders,
  };
}

/** @returns {boolean} whether `onescope/register` was loaded before */
function isRegistered() {
  return AsyncLocalStorage !== nodeHooks.AsyncLocalStorage && AsyncLocalStorage === /** @type {any} */ (SlotStorage);
}

/** Storages that this process has under a key of its global object, as frameworks and tracers keep theirs. */
function examineStorages() {
  /** @type {{ slots: string[], real: string[] }} */
  const found = { slots: [], real: [] };
  for (const key of Object.getOwnPropertySymbols(globalThis)) {
    const storage = /** @type {any} */ (globalThis)[key];
    // The one that carries the slots is there in any case.
    if (!(storage instanceof nodeHooks.AsyncLocalStorage) || storage === rootStorage) continue;
    found[slotBehind(storage) === undefined ? "real" : "slots"].push(key.description ?? "");
  }
  return found;
}
