import { shared } from "../util/shared.js";
import { mode, nodeHooks } from "./node-hooks.js";
import { rootStorage } from "./root-storage.js";
import { readStored, withStored } from "./scope.js";

/** @import { Scope } from "./root-storage.js" */
/** @import { Owner } from "./scope.js" */

// The strategies to enter a scope, and the one place that chooses between them.
//
// plain: `enterWith` before and after. Right everywhere. With frames it builds two of them, each a copy of the current one.
//
// root: `runInAsyncScope` of an AsyncResource made while no storage was in use replaces the frame by an empty one and restores it
// without building any, and a frame built from an empty one is cheap (benchmark/scopes.mjs measures both). But it hides
// what Node's own storages hold, shows itself to async hooks, and takes three times the stack. So it is chosen only in the
// outer levels of a stack, and while all of this holds:
//   - contexts travel in frames (under async_hooks the store hangs on the resource, which all entries would share);
//   - every storage of the process is a slot: `onescope/register` came first, and no older storage has been used since;
//   - nothing watches async resources: no hook was made, and the current resource was not asked for;
//   - no agent reads frames natively (frame-readers.js): what it puts into the current frame must survive an entry;
//   - no code runs under a time limit of node:vm (vm-timeouts.js): terminated code runs no `finally`, so the resource's id
//     stays on Node's stack of ids, and Node ends the process when it finds it there.
// When one of them stops holding, `configure` chooses again.
//
// nested: the storage's own `run`, where the host has no `enterWith` (Workers).
//
// A stack overflow can interrupt an entry at any call. What restores the scope therefore never needs more stack than what
// entered it, and restores nothing if the entry did not happen.

/** @typedef {{ scope?: Scope, resource?: import("node:async_hooks").AsyncResource }} Captured what a snapshot holds */

/** Levels of one stack that are entered through the root resource. Deeper ones are plain, to nest as deep as Node does. */
const ROOT_LEVELS = 32;

/** What `left` says while no entry through the root resource has ended. */
const NOT_ENTERED = Symbol("not entered");

export const entry = shared("entry", () => {
  const root = new nodeHooks.AsyncResource("onescope.root", { requireManualDestroy: true });

  /** @type {Scope | undefined | typeof NOT_ENTERED} the scope that was current as `insideRoot` ended; taken right after */
  let left = NOT_ENTERED;

  /**
   * @param {Scope} next
   * @param {Function} fn
   * @param {unknown[]} args
   */
  function insideRoot(next, fn, args) {
    rootStorage.enterWith(next);
    try {
      return call(fn, null, args);
    } finally {
      left = rootStorage.getStore();
    }
  }

  /**
   * @param {Scope | undefined} scope
   * @param {Function} fn
   * @param {unknown} self
   * @param {unknown[]} args
   */
  function onlyInsideRoot(scope, fn, self, args) {
    if (scope !== undefined) rootStorage.enterWith(scope);
    return call(fn, self, args);
  }

  /**
   * Calls `fn` in `next`, and then restores what the entered storage held and leaves alone what others entered meanwhile.
   *
   * @param {Scope} next
   * @param {Scope | undefined} prior the scope that is current at the call
   * @param {Owner} owner the storage that is entered
   * @param {Function} fn
   * @param {unknown[]} args
   */
  function enterRoot(next, prior, owner, fn, args) {
    const level = entry.level;
    entry.level = level + 1;
    try {
      return root.runInAsyncScope(insideRoot, null, next, fn, args);
    } finally {
      entry.level = level;
      const now = left;
      left = NOT_ENTERED;
      if (now !== next && now !== NOT_ENTERED) rootStorage.enterWith(withStored(now, owner, readStored(prior, owner)));
    }
  }

  /** @type {typeof enterRoot} Nothing that is entered outlives its call, so there is nothing to restore. */
  const enterNested = (next, _prior, _owner, fn, args) => rootStorage.run(next, call, fn, null, args);

  /**
   * Calls `fn` in what a snapshot captured, and then restores the whole scope that was current.
   *
   * @param {Captured} captured
   * @param {Function} fn
   * @param {unknown} self `this` of the call
   * @param {unknown[]} args
   */
  function resumePlain(captured, fn, self, args) {
    if (captured.resource !== undefined)
      return captured.resource.runInAsyncScope(/** @type {(...args: unknown[]) => unknown} */ (fn), self, ...args);
    const prior = rootStorage.getStore();
    rootStorage.enterWith(captured.scope);
    try {
      return call(fn, self, args);
    } finally {
      rootStorage.enterWith(prior);
    }
  }

  /** @type {typeof resumePlain} */
  function resumeRoot(captured, fn, self, args) {
    const level = entry.level;
    if (level >= ROOT_LEVELS) return resumePlain(captured, fn, self, args);
    entry.level = level + 1;
    try {
      return root.runInAsyncScope(onlyInsideRoot, null, captured.scope, fn, self, args);
    } finally {
      entry.level = level;
    }
  }

  /** @type {typeof resumePlain} */
  const resumeNested = (captured, fn, self, args) => rootStorage.run(captured.scope, call, fn, self, args);

  const entry = {
    /** @type {"plain" | "root" | "nested"} the strategy in use */
    strategy: mode.enters ? "plain" : "nested",
    /** enters a scope for a call; `undefined` where that is plain, which `SlotStorage.run` does itself to save stack */
    enter: mode.enters ? undefined : enterNested,
    resume: mode.enters ? resumePlain : resumeNested,
    /** entries through the root resource that are open on the current stack */
    level: 0,
    /** from this level on entries are plain */
    rootLevels: ROOT_LEVELS,
    /** every storage of the process is a slot, so one scope is the whole async context */
    allSlots: false,
    /** async resources are watched */
    watched: false,
    /** a storage of Node's own besides the root storage was seen in use; `undefined` until `onescope/register` looks */
    foreign: /** @type {boolean | undefined} */ (undefined),
    /** node:vm was asked for a time limit */
    terminates: false,
    /** @type {readonly string[]} packages in this process whose native part reads frames */
    frameReaders: [],

    /**
     * What a snapshot must hold to restore the current scope while every storage is a slot. With frames that is the scope.
     * Under async_hooks it is a resource: what is entered during a call of the snapshot stays in it for the next, and must
     * not touch the resource of the caller.
     *
     * @returns {Captured}
     */
    capture() {
      if (mode.frames) return { scope: rootStorage.getStore() };
      return { resource: new nodeHooks.AsyncResource("onescope.snapshot", { requireManualDestroy: true }) };
    },

    /**
     * Calls `fn` outside every scope, to start work that outlives the current request and must not keep it in memory. The
     * caller's frame stays as it is; a new one would be copied by everything that is entered later in the turn.
     *
     * @template R
     * @param {() => R} fn enters nothing
     * @returns {R}
     */
    runOutside(fn) {
      return root.runInAsyncScope(fn);
    },

    /**
     * Records facts about the process and chooses the strategy that they allow.
     *
     * @param {{ allSlots?: boolean, watched?: boolean, foreign?: boolean, terminates?: boolean, frameReaders?: string[] }} facts
     */
    configure(facts) {
      Object.assign(entry, facts);
      if (!mode.enters) return;
      const { allSlots, watched, terminates, frameReaders } = entry;
      const isRoot = mode.frames && allSlots && !watched && !terminates && frameReaders.length === 0;
      entry.strategy = isRoot ? "root" : "plain";
      entry.enter = isRoot ? enterRoot : undefined;
      entry.resume = isRoot ? resumeRoot : resumePlain;
    },
  };
  return entry;
});

/**
 * The common call has no arguments, and `call` is cheaper than `apply`.
 *
 * @param {Function} fn
 * @param {unknown} self `this`; `null` for `run`, as Node has it
 * @param {unknown[]} args
 */
export function call(fn, self, args) {
  return args.length === 0 ? fn.call(self) : Reflect.apply(fn, self, args);
}
