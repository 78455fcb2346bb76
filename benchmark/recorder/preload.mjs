// Preload of the server that record.mjs starts: notes every context operation while the parent says so, in the place of
// the async structure where it happens. plugin.mjs puts the calls of `recorder` into vinext's modules.

import async_hooks, { createHook } from "node:async_hooks";
import { syncBuiltinESMExports } from "node:module";

/** @typedef {{ kind: string, list?: Node[], [detail: string]: any }} Node */

const Real = async_hooks.AsyncLocalStorage;

let recording = false;
/** what was captured so far: snapshots and bound functions */
let ids = 0;
/** vinext's own module works: what it does inside is part of the call that was noted */
let silent = false;
/** @type {Node[]} where the next node goes */
let current = [];
/** @type {Node[][]} */
const outer = [];
/** @type {Node[]} what began in resources that are older than the recording */
let roots = [];
/** @type {Map<number, Node>} by async id */
let resources = new Map();

createHook({
  init(id, type) {
    if (!recording) return;
    const node = { kind: "async", type, ran: false, list: [] };
    resources.set(id, node);
    current.push(node);
  },
  before(id) {
    if (!recording) return;
    outer.push(current);
    const node = resources.get(id) ?? { kind: "root", list: [] };
    if (node.kind === "root") roots.push(node);
    node.ran = true;
    current = /** @type {Node[]} */ (node.list);
  },
  after() {
    if (recording) current = outer.pop() ?? [];
  },
}).enable();

/** @param {Node} node */
function note(node) {
  if (recording && !silent) current.push(node);
  return node;
}

/**
 * Calls `fn` so that what happens in it belongs to the node.
 *
 * @param {Node} node
 * @param {() => any} fn
 */
function inside(node, fn) {
  const [list, quiet] = [current, silent];
  current = node.list ??= [];
  silent = false;
  try {
    return fn();
  } finally {
    current = list;
    silent = quiet;
  }
}

/** @param {() => any} fn */
function quietly(fn) {
  const quiet = silent;
  silent = true;
  try {
    return fn();
  } finally {
    silent = quiet;
  }
}

// Values of storages are numbered as they come, contexts apart from the rest.
/** @type {Map<any, number>} */
let values = new Map();
/** @type {Map<any, number>} */
let contexts = new Map();

/** @param {Map<any, number>} map @param {any} value */
function numberOf(map, value) {
  if (!map.has(value)) map.set(value, map.size + 1);
  return map.get(value);
}

/** @param {any} value of a storage */
function nameOf(value) {
  if (value == null) return "-";
  return raw.has(value) ? `c${numberOf(contexts, value)}` : `v${numberOf(values, value)}`;
}

/** @type {Array<{ storage: any, name: string, entered: boolean, byServer: boolean }>} */
const storages = [];

class RecordingStorage extends Real {
  constructor(/** @type {any[]} */ ...args) {
    super(...args);
    // `getOrCreateAls` in one of its copies, or the module that keeps the storage.
    const frame = caller();
    this.entry = { storage: this, name: moduleName(frame), entered: false, byServer: isServers(frame) };
    storages.push(this.entry);
  }

  run(value, fn, ...args) {
    this.entry.entered = true;
    const node = note({ kind: "run", storage: this.entry, value: nameOf(value) });
    return quietly(() => super.run(value, () => inside(node, () => fn.apply(null, args))));
  }

  exit(fn, ...args) {
    const node = note({ kind: "exit", storage: this.entry });
    return quietly(() => super.run(undefined, () => inside(node, () => fn.apply(null, args))));
  }

  enterWith(value) {
    this.entry.entered = true;
    note({ kind: "enter", storage: this.entry, value: nameOf(value) });
    super.enterWith(value);
  }

  getStore() {
    const value = super.getStore();
    note({ kind: "get", storage: this.entry, value: nameOf(value) });
    return value;
  }

  static snapshot() {
    const resume = Real.snapshot();
    const made = note({ kind: "snapshot", id: ++ids, by: isServers(caller()) ? "server" : "app" });
    return (/** @type {any} */ fn, /** @type {any[]} */ ...args) => {
      const node = note({ kind: "resume", made });
      return resume(() => inside(node, () => fn(...args)));
    };
  }

  static bind(fn) {
    const bound = Real.bind(fn);
    const made = note({ kind: "snapshot", id: ++ids, by: isServers(caller()) ? "server" : "app" });
    return (/** @type {any[]} */ ...args) => {
      const node = note({ kind: "resume", made });
      return inside(node, () => bound(...args));
    };
  }
}
Object.defineProperty(RecordingStorage, "name", { value: "AsyncLocalStorage" });
Object.defineProperty(async_hooks, "AsyncLocalStorage", {
  value: RecordingStorage,
  configurable: true,
  enumerable: true,
});
syncBuiltinESMExports();

/** The line of the stack that names the caller of the method. */
function caller() {
  return new Error().stack?.split("\n")[3] ?? "";
}

/** @param {string} frame of vinext's server, which runs from node_modules, or of the app's bundle */
function isServers(frame) {
  return frame.includes("/node_modules/vinext/");
}

/** @param {string} path of a module, or a line of a stack */
function moduleName(path) {
  return (/.*\/node_modules\/(?:\.vite\/)?(.+?)\.[cm]?js/.exec(path)?.[1] ?? "unknown").replace("/dist/", "/");
}

/** @type {WeakMap<object, any>} the plain object behind each recorded context */
const raw = new WeakMap();

/** @param {any} value */
function describe(value) {
  if (value === null || ["boolean", "number"].includes(typeof value)) return value;
  if (Array.isArray(value)) return value.length === 0 ? "[]" : "[…]";
  if (value instanceof Set || value instanceof Map || value instanceof WeakMap) return value.constructor.name;
  return typeof value === "string" ? JSON.stringify(value.slice(0, 20)) : typeof value;
}

const context = (/** @type {any} */ plain) => {
  const proxy = new Proxy(plain, {
    get(target, field) {
      note({ kind: "read", context: nameOf(proxy), field, value: describe(target[field]) });
      return target[field];
    },
    set(target, field, value) {
      note({ kind: "write", context: nameOf(proxy), field, value: describe(value) });
      target[field] = value;
      return true;
    },
  });
  raw.set(proxy, plain);
  return proxy;
};

/** What `runWith…` of vinext's do with their callbacks. */
const calls = {
  isInsideUnifiedScope: (module, fn) => {
    const is = quietly(fn);
    note({ kind: "inside", module, is });
    return is;
  },
  getRequestContext: (module, fn) => {
    const found = quietly(fn);
    note({ kind: "context", module, value: nameOf(found) });
    return found;
  },
  createRequestContext: (module, fn, opts) => {
    const made = quietly(() => fn(opts));
    const given = Object.entries(opts ?? {}).map(([field, value]) => [field, describe(value)]);
    note({ kind: "create", module, value: nameOf(made), given });
    return made;
  },
  runWithRequestContext: (module, fn, ctx, callback) => {
    const node = note({ kind: "request", module, value: nameOf(ctx) });
    return quietly(() => fn(ctx, () => inside(node, callback)));
  },
  runWithUnifiedStateMutation: (module, fn, mutate, callback) => {
    const node = note({ kind: "child", module, sets: { kind: "sets", list: [] } });
    const change = (/** @type {any} */ child) => {
      node.value = nameOf(child);
      inside(node.sets, () => mutate(child));
    };
    return quietly(() => fn(change, () => inside(node, callback)));
  },
  bindRequestContext: (module, fn, callback) => {
    const made = note({ kind: "bind", module, id: ++ids });
    /** @type {Node} */
    let node;
    const bound = quietly(() => fn(() => inside(node, callback)));
    return (/** @type {any[]} */ ...args) => {
      node = note({ kind: "call", made });
      return quietly(() => bound(...args));
    };
  },
  runOutsideRequestScopes: (module, fn, callback) => {
    const node = note({ kind: "outside", module });
    return quietly(() => fn(() => inside(node, callback)));
  },
};

globalThis[Symbol.for("onescope.recorder")] = {
  context,
  child: (/** @type {any} */ parent) => context({ ...(raw.get(parent) ?? parent) }),
  call: (/** @type {string} */ name, /** @type {string} */ module, fn, args) => calls[name](module, fn, ...args),
  named(/** @type {string} */ module, /** @type {any} */ storage) {
    storage.entry.name = module;
    return storage;
  },
};

/** Storages by their key on globalThis where they have one. */
function nameStorages() {
  for (const key of Object.getOwnPropertySymbols(globalThis)) {
    const entry = globalThis[key]?.entry;
    if (entry !== undefined && Symbol.keyFor(key)) entry.name = Symbol.keyFor(key);
  }
  const registry = globalThis[Symbol.for("vinext.als.registry")];
  return storages.map(({ storage, name, entered, byServer }) => ({
    name,
    entered,
    byServer,
    keyed: globalThis[Symbol.for(name)] === storage,
    left: registry.has(storage),
  }));
}

process.on("message", (message) => {
  if (message === "start") {
    [roots, resources, values, contexts, current] = [[], new Map(), new Map(), new Map(), []];
    outer.length = 0;
    recording = true;
    process.send?.("started");
  } else {
    recording = false;
    const names = nameStorages();
    const text = JSON.stringify({ storages: names, roots }, (key, value) =>
      key === "storage" && value?.storage ? storages.indexOf(value) : key === "made" ? value.id : value,
    );
    process.send?.(text);
  }
});
process.channel?.unref();
