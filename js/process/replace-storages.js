// Makes every AsyncLocalStorage that the process creates from here on a slot.

import async_hooks, { AsyncLocalStorage } from "node:async_hooks";
import { syncBuiltinESMExports } from "node:module";
import { entry } from "../async-context/entry.js";
import { watchFrameReaders } from "../async-context/frame-readers.js";
import { mode, nodeHooks } from "../async-context/node-hooks.js";
import { rootStorage } from "../async-context/root-storage.js";
import { SlotStorage } from "../async-context/slot-storage.js";
import { watchTerminations } from "../async-context/vm-timeouts.js";
import { LAYOUT } from "../generated/slot-table.js";
import { copies, hasOthers } from "../util/copies.js";
import { warnOfRuntime } from "../util/runtime.js";
import { shared } from "../util/shared.js";
import { attachIfShared } from "./attach.js";

/** Called again, also by another copy of this module, it does nothing. */
export function replaceStorages() {
  shared("register", replaceAll);
}

/** @returns {boolean} whether it has replaced them */
function replaceAll() {
  warnOfRuntime();
  attachIfShared();
  // The storages of the process are slots of a copy with another layout already, and stay so; copies.js has warned of it.
  if (copies.registered !== undefined && copies.registered !== LAYOUT.hash) return false;
  copies.registered = LAYOUT.hash;
  replace("AsyncLocalStorage", SlotStorage);
  syncBuiltinESMExports();
  // In Bun and Deno imports keep what they had. So modules continue to make storages of Node's own, and every entry keeps those
  // visible.
  if (AsyncLocalStorage === /** @type {unknown} */ (SlotStorage)) expectAllSlots();
  else entry.configure({ allSlots: false, foreign: true });
  return true;
}

/** From here on every storage is a slot, until an older one is used. */
function expectAllSlots() {
  watchResources();
  const found = watchForeignStorages();
  entry.configure({ allSlots: true, foreign: false });
  // The root storage of another copy cannot be seen in use: its methods are pinned.
  if (hasOthers()) found();
  else copies.meet.push(found);
  if (mode.frames) {
    watchFrameReaders();
    watchTerminations();
  }
  syncBuiltinESMExports();
}

/**
 * @param {string} name export of `node:async_hooks`
 * @param {Function} value
 */
function replace(name, value) {
  Object.defineProperty(async_hooks, name, { value, configurable: true, enumerable: true, writable: true });
}

/** Code that makes a hook, or reads the current resource, would see the resource that the root strategy runs in. */
function watchResources() {
  for (const name of /** @type {const} */ ([
    "createHook",
    "executionAsyncId",
    "executionAsyncResource",
    "triggerAsyncId",
  ])) {
    /** @type {Function} */
    const original = nodeHooks[name];
    replace(name, (/** @type {unknown[]} */ ...args) => {
      if (!entry.watched) entry.configure({ watched: true });
      return original(...args);
    });
  }
  // Node checks a resource's type only while a hook is enabled, so one is if it refuses this type. Under async_hooks the root
  // storage is such a hook, and entries are plain anyway.
  if (!mode.frames) return;
  try {
    new nodeHooks.AsyncResource("", { requireManualDestroy: true });
  } catch {
    entry.configure({ watched: true });
  }
}

/**
 * A storage that is not a slot can still exist: made before this module loaded, or by Node itself. From its first use on, scopes
 * are entered so that its values stay visible, and snapshots capture it too.
 *
 * @returns {() => void} to call where such a storage is found otherwise
 */
function watchForeignStorages() {
  const prototype = nodeHooks.AsyncLocalStorage.prototype;
  /** @type {Map<string, PropertyDescriptor>} */
  const originals = new Map();
  const found = () => {
    for (const [method, original] of originals) Object.defineProperty(prototype, method, original);
    entry.configure({ allSlots: false, foreign: true });
  };
  for (const name of ["run", "enterWith", "getStore"]) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
    if (descriptor === undefined) continue;
    originals.set(name, descriptor);
    Object.defineProperty(prototype, name, {
      ...descriptor,
      /**
       * @this {unknown}
       * @param {unknown[]} args
       */
      value(...args) {
        if (this !== rootStorage) found();
        return descriptor.value.apply(this, args);
      },
    });
  }
  return found;
}
