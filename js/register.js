// `node --import onescope/register app.js`: every AsyncLocalStorage that the process makes from here on is a slot.

import async_hooks, { AsyncLocalStorage } from "node:async_hooks";
import { syncBuiltinESMExports } from "node:module";
import { ways } from "./async-context/entry.js";
import { watchFrameReaders } from "./async-context/frame-readers.js";
import { mode } from "./async-context/mode.js";
import { real } from "./async-context/node-storage.js";
import { one } from "./async-context/root-storage.js";
import { SlotStorage } from "./async-context/slot-storage.js";
import { watchTerminations } from "./async-context/vm-timeouts.js";
import { LAYOUT } from "./generated/slot-table.js";
import { attachIfShared } from "./process/node.js";
import { copies, hasOthers } from "./util/copies.js";
import { warnOfRuntime } from "./util/runtime.js";
import { shared } from "./util/shared.js";

shared("register", () => {
  warnOfRuntime();
  attachIfShared();
  // The storages of the process are slots of a copy with another layout already, and stay so; copies.js has said so.
  if (copies.registered !== undefined && copies.registered !== LAYOUT.hash) return false;
  copies.registered = LAYOUT.hash;
  replace("AsyncLocalStorage", SlotStorage);
  syncBuiltinESMExports();
  // In Bun and Deno imports keep what they had. So modules go on to make real storages, and every entry keeps those visible.
  if (AsyncLocalStorage === /** @type {any} */ (SlotStorage)) seal();
  else ways.rule({ sealed: false, foreign: true });
  return true;
});

/** From here on every storage is a slot, unless an older one shows up. */
function seal() {
  watchResources();
  const found = watchForeignStorages();
  ways.rule({ sealed: true, foreign: false });
  // The real storage of another copy cannot be seen in use: its methods are pinned.
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

/** Whoever makes a hook, or asks what runs now, would see the resource that fast entry runs in. */
function watchResources() {
  for (const name of /** @type {const} */ ([
    "createHook",
    "executionAsyncId",
    "executionAsyncResource",
    "triggerAsyncId",
  ])) {
    /** @type {Function} */
    const original = real[name];
    replace(name, (/** @type {unknown[]} */ ...args) => {
      if (!ways.watched) ways.rule({ watched: true });
      return original(...args);
    });
  }
  // Node looks at a resource's type only where a hook is enabled, so a type that it refuses tells of one that is. Under
  // async_hooks our own storage is such a hook, and the way to enter is the plain one anyway.
  if (!mode.frames) return;
  try {
    new real.AsyncResource("", { requireManualDestroy: true });
  } catch {
    ways.rule({ watched: true });
  }
}

/**
 * A real storage can still exist: one that was made before this module loaded, or one of Node's own. From the first sign
 * of it, scopes are entered in the way that keeps its values visible, and snapshots capture it too.
 *
 * @returns {() => void} to call where one is found in another way
 */
function watchForeignStorages() {
  const prototype = real.AsyncLocalStorage.prototype;
  /** @type {Map<string, PropertyDescriptor>} */
  const originals = new Map();
  const found = () => {
    for (const [method, original] of originals) Object.defineProperty(prototype, method, original);
    ways.rule({ sealed: false, foreign: true });
  };
  for (const name of ["run", "enterWith", "getStore"]) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
    if (descriptor === undefined) continue;
    originals.set(name, descriptor);
    Object.defineProperty(prototype, name, {
      ...descriptor,
      /**
       * @this {any}
       * @param {unknown[]} args
       */
      value(...args) {
        if (this !== one) found();
        return descriptor.value.apply(this, args);
      },
    });
  }
  return found;
}
