import { shared } from "../util/shared.js";
import { mode } from "./mode.js";
import { real } from "./node-storage.js";
import { one } from "./root-storage.js";
import { readStored, withStored } from "./scope.js";

// The ways to enter a scope, and the one place that chooses between them.
//
// Plain: `enterWith` before and after. Right everywhere; with frames it builds two, each a copy of the current one.
//
// Root: `runInAsyncScope` of an AsyncResource made while no storage was in use swaps the frame for an empty one and back
// without building any, and a frame built from an empty one is cheap (benchmark/scopes.mjs measures both). But it hides
// what other real storages hold, async hooks see the resource, and it takes three times the stack. So it is taken only
// in the outer levels of a stack, and while all of this holds:
//   - contexts travel in frames (under async_hooks the store hangs on the resource, which everybody would share);
//   - every storage of the process is a slot: `onescope/register` came first, and no older storage has shown up;
//   - nobody watches async resources: no hook was made, nobody asked for the current resource;
//   - no agent reads frames natively (agents.js): what it puts into the current frame must survive an entry;
//   - no code runs under a time limit of node:vm: where execution is terminated no `finally` runs, the resource's id stays
//     on Node's stack of ids, and Node ends the process when it finds it there.
// The moment one of them stops holding, `rule` makes the choice again.
//
// Nested: the storage's own `run`, where the host has no `enterWith` (Workers).
//
// An entry can be interrupted at any call by a stack overflow. What restores the scope therefore never needs more stack than
// what entered it, and restores nothing if the entry did not happen.

/** @typedef {import("./root-storage.js").Scope} Scope */
/** @typedef {import("./scope.js").Owner} Owner */
/** @typedef {{ scope?: Scope, resource?: import("node:async_hooks").AsyncResource }} Held */

/** Levels of one stack that are entered through the root resource. Deeper ones take the plain way, to fit as deep as Node. */
const ROOT_LEVELS = 32;

/** What `left` says while no entry through the root resource has ended. */
const NOT_ENTERED = Symbol("not entered");

export const ways = shared("ways", () => {
  const root = new real.AsyncResource("onescope.root", { requireManualDestroy: true });

  /** @type {Scope | undefined | typeof NOT_ENTERED} the scope that was current as `insideRoot` ended; taken right after */
  let left = NOT_ENTERED;

  /**
   * @param {Scope} next
   * @param {Function} fn
   * @param {unknown[]} args
   */
  function insideRoot(next, fn, args) {
    one.enterWith(next);
    try {
      return call(fn, null, args);
    } finally {
      left = one.getStore();
    }
  }

  /**
   * @param {Scope | undefined} scope
   * @param {Function} fn
   * @param {unknown} self
   * @param {unknown[]} args
   */
  function onlyInsideRoot(scope, fn, self, args) {
    if (scope !== undefined) one.enterWith(scope);
    return call(fn, self, args);
  }

  /**
   * Calls `fn` in `next` and then puts back what its own storage held, leaving alone what others entered meanwhile.
   *
   * @param {Scope} next
   * @param {Scope | undefined} prior the scope that is current at the call
   * @param {Owner} owner the storage that is entered
   * @param {Function} fn
   * @param {unknown[]} args
   */
  function enterRoot(next, prior, owner, fn, args) {
    const level = ways.level;
    ways.level = level + 1;
    try {
      return root.runInAsyncScope(insideRoot, null, next, fn, args);
    } finally {
      ways.level = level;
      const now = left;
      left = NOT_ENTERED;
      if (now !== next && now !== NOT_ENTERED) one.enterWith(withStored(now, owner, readStored(prior, owner)));
    }
  }

  /** @type {typeof enterRoot} Nothing that is entered outlives its call, so there is nothing to put back. */
  const enterNested = (next, _prior, _owner, fn, args) => one.run(next, call, fn, null, args);

  /**
   * Calls `fn` in what a snapshot holds and then puts back the whole scope that was current.
   *
   * @param {Held} held
   * @param {Function} fn
   * @param {unknown} self `this` of the call
   * @param {unknown[]} args
   */
  function resumePlain(held, fn, self, args) {
    if (held.resource !== undefined) return held.resource.runInAsyncScope(/** @type {any} */ (fn), self, ...args);
    const prior = one.getStore();
    one.enterWith(held.scope);
    try {
      return call(fn, self, args);
    } finally {
      one.enterWith(prior);
    }
  }

  /** @type {typeof resumePlain} */
  function resumeRoot(held, fn, self, args) {
    const level = ways.level;
    if (level >= ROOT_LEVELS) return resumePlain(held, fn, self, args);
    ways.level = level + 1;
    try {
      return root.runInAsyncScope(onlyInsideRoot, null, held.scope, fn, self, args);
    } finally {
      ways.level = level;
    }
  }

  /** @type {typeof resumePlain} */
  const resumeNested = (held, fn, self, args) => one.run(held.scope, call, fn, self, args);

  const ways = {
    /** which of the ways is taken: plain, root or nested */
    name: mode.enters ? "plain" : "nested",
    /** enters a scope for a call; `undefined` for the plain way, which storages take by themselves to save stack */
    enter: mode.enters ? undefined : enterNested,
    resume: mode.enters ? resumePlain : resumeNested,
    /** entries through the root resource that are open on the current stack */
    level: 0,
    /** from this level on the plain way is taken */
    levels: ROOT_LEVELS,
    /** every storage of the process is a slot, so one scope is the whole async context */
    sealed: false,
    /** somebody watches async resources */
    watched: false,
    /** a real storage other than the one was seen in use; `undefined` before `onescope/register` loaded and looks out */
    foreign: /** @type {boolean | undefined} */ (undefined),
    /** node:vm was asked for a time limit */
    terminates: false,
    /** @type {readonly string[]} packages in this process whose native part reads frames */
    frameReaders: [],

    /**
     * What a snapshot must hold to bring the current scope back while every storage is a slot. With frames that is the
     * scope. Under async_hooks it is a resource: what is entered during a call of the snapshot stays in it for the next,
     * and must not touch the resource of the caller.
     *
     * @returns {Held}
     */
    hold() {
      if (mode.frames) return { scope: one.getStore() };
      return { resource: new real.AsyncResource("onescope.snapshot", { requireManualDestroy: true }) };
    },

    /**
     * Calls `fn` outside every scope: for what outlives the request that asks for it, and must not hold it. The caller's
     * frame stays as it is; one that was entered anew would be copied by whatever is entered later in the turn.
     *
     * @template R
     * @param {() => R} fn enters nothing
     * @returns {R}
     */
    outside(fn) {
      return root.runInAsyncScope(fn);
    },

    /**
     * States facts about the process and chooses the way that they allow.
     *
     * @param {{ sealed?: boolean, watched?: boolean, foreign?: boolean, terminates?: boolean, frameReaders?: string[] }} facts
     */
    rule(facts) {
      Object.assign(ways, facts);
      if (!mode.enters) return;
      const { sealed, watched, terminates, frameReaders } = ways;
      const isRoot = mode.frames && sealed && !watched && !terminates && frameReaders.length === 0;
      ways.name = isRoot ? "root" : "plain";
      ways.enter = isRoot ? enterRoot : undefined;
      ways.resume = isRoot ? resumeRoot : resumePlain;
    },
  };
  return ways;
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
