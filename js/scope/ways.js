import { shared } from "../shared.js";
import { withStored } from "./lanes.js";
import { mode } from "./mode.js";
import { one } from "./one.js";
import { real } from "./real.js";

// The ways to enter a scope, and the one place that chooses between them.
//
// Plain: `enterWith` before and after. Right everywhere; with frames it builds two, each a copy of the current one.
//
// Root: `runInAsyncScope` of an AsyncResource made while no storage was in use swaps the frame for an empty one and back
// without building any, and a frame built from an empty one is cheap (benchmark/scopes.mjs measures both). But it hides
// what other real storages hold, and async hooks see the resource. So it is taken only while all of this holds:
//   - contexts travel in frames (under async_hooks the store hangs on the resource, which everybody would share);
//   - every storage of the process is a slot: `onescope/register` came first, and no older storage has shown up;
//   - nobody watches async resources: no hook was made, nobody asked for the current resource.
// The moment one of them stops holding, `rule` makes the choice again.
//
// Nested: the storage's own `run`, where the host has no `enterWith` (Workers).

/** @typedef {import("./one.js").Scope} Scope */
/** @typedef {import("./lanes.js").Owner} Owner */
/** @typedef {{ scope?: Scope, resource?: import("node:async_hooks").AsyncResource }} Held */

export const ways = shared("ways", () => {
  const root = new real.AsyncResource("onescope.root", { requireManualDestroy: true });

  /** @type {Scope | undefined} the scope that was current as `insideRoot` ended; taken and dropped right after */
  let left;

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

  const plain = {
    /**
     * Calls `fn` in `next` and then puts back what its own storage held, leaving alone what others entered meanwhile.
     *
     * @param {Scope} next
     * @param {Scope | undefined} prior the scope that is current at the call
     * @param {Owner} owner the storage that is entered
     * @param {unknown} stored what `prior` stores for it
     * @param {Function} fn
     * @param {unknown[]} args
     */
    run(next, prior, owner, stored, fn, args) {
      one.enterWith(next);
      try {
        return call(fn, null, args);
      } finally {
        const now = one.getStore();
        one.enterWith(now === next ? prior : withStored(now, owner, stored));
      }
    },

    /**
     * Calls `fn` in what a snapshot holds and then puts back the whole scope that was current.
     *
     * @param {Held} held
     * @param {Function} fn
     * @param {unknown} self `this` of the call
     * @param {unknown[]} args
     */
    resume(held, fn, self, args) {
      if (held.resource !== undefined) return held.resource.runInAsyncScope(/** @type {any} */ (fn), self, ...args);
      const prior = one.getStore();
      one.enterWith(held.scope);
      try {
        return call(fn, self, args);
      } finally {
        one.enterWith(prior);
      }
    },
  };

  /** @type {typeof plain} */
  const rooted = {
    run(next, _prior, owner, stored, fn, args) {
      try {
        return root.runInAsyncScope(insideRoot, null, next, fn, args);
      } finally {
        const now = left;
        left = undefined;
        if (now !== next) one.enterWith(withStored(now, owner, stored));
      }
    },
    resume(held, fn, self, args) {
      return root.runInAsyncScope(onlyInsideRoot, null, held.scope, fn, self, args);
    },
  };

  /** @type {typeof plain} Nothing that is entered outlives its call, so there is nothing to put back. */
  const nested = {
    run: (next, _prior, _owner, _stored, fn, args) => one.run(next, call, fn, null, args),
    resume: (held, fn, self, args) => one.run(held.scope, call, fn, self, args),
  };

  const first = mode.enters ? plain : nested;
  const firstName = mode.enters ? "plain" : "nested";

  return {
    /** which of the ways is taken: plain, root or nested */
    name: firstName,
    run: first.run,
    resume: first.resume,
    /** every storage of the process is a slot, so one scope is the whole async context */
    sealed: false,
    /** somebody watches async resources */
    watched: false,
    /** a real storage other than the one was seen in use; `undefined` before `onescope/register` loaded and looks out */
    foreign: /** @type {boolean | undefined} */ (undefined),

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
     * @param {{ sealed?: boolean, watched?: boolean, foreign?: boolean }} facts
     */
    rule(facts) {
      Object.assign(this, facts);
      const isRoot = mode.frames && this.sealed && !this.watched;
      const way = isRoot ? rooted : first;
      this.name = isRoot ? "root" : firstName;
      this.run = way.run;
      this.resume = way.resume;
    },
  };
});

/**
 * The common call has no arguments, and `call` is cheaper than `apply`.
 *
 * @param {Function} fn
 * @param {unknown} self `this`; `null` for `run`, as Node has it
 * @param {unknown[]} args
 */
function call(fn, self, args) {
  return args.length === 0 ? fn.call(self) : Reflect.apply(fn, self, args);
}
