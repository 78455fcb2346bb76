// Preload, before anything else: counts the calls of Node's own storages. On SIGUSR2 prints the counts since the last time.

import { AsyncLocalStorage } from "node:async_hooks";

const { prototype } = AsyncLocalStorage;
const METHODS = /** @type {const} */ (["run", "exit", "enterWith", "getStore"]);

const fresh = () => ({ run: 0, exit: 0, enterWith: 0, getStore: 0, snapshot: 0, outsideScopes: 0 });
let counts = fresh();
/** Node is inside one of its own methods, which call each other. */
let inNode = false;

Error.stackTraceLimit = 40;

for (const method of METHODS) {
  /** @type {any} */
  const original = prototype[method];
  /** @this {any} */
  const counted = function (/** @type {any[]} */ ...args) {
    if (inNode) return original.apply(this, args);
    counts[method]++;
    if (method !== "getStore" && leavesScopes()) counts.outsideScopes += method === "enterWith" ? 0.5 : 1;
    const callback = args.findIndex((each) => typeof each === "function");
    if ((method === "run" || method === "exit") && callback !== -1) {
      const fn = args[callback];
      args[callback] = (/** @type {any[]} */ ...rest) => {
        inNode = false;
        try {
          return fn.apply(null, rest);
        } finally {
          inNode = true;
        }
      };
    }
    inNode = true;
    try {
      return original.apply(this, args);
    } finally {
      inNode = false;
    }
  };
  Object.defineProperty(prototype, method, { value: counted, configurable: true, writable: true });
}

const { snapshot } = AsyncLocalStorage;
AsyncLocalStorage.snapshot = () => {
  counts.snapshot++;
  return snapshot.call(AsyncLocalStorage);
};

/**
 * Whether `runOutsideRequestScopes` makes the call that is counted, rather than the callback that it was given, which is
 * the app's or vinext's. Recognized by the names in the stack, so only where they are not minified: in onescope's modules.
 */
function leavesScopes() {
  for (const frame of (new Error().stack ?? "").split("\n").slice(1)) {
    if (frame.includes("runOutsideRequestScopes")) return true;
    if (/\/dist|\/node_modules\//.test(frame)) return false;
  }
  return false;
}

process.on("SIGUSR2", () => {
  process.stdout.write(`${JSON.stringify({ counts })}\n`);
  counts = fresh();
});
