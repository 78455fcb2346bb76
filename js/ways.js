import { withStored } from "./lanes.js";
import { mode } from "./mode.js";
import { one } from "./one.js";
import { real } from "./real.js";
import { shared } from "./shared.js";

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

/** @typedef {import("./one.js").Scope} Scope */
/** @typedef {import("./lanes.js").Owner} Owner */

export const ways = shared("ways", () => {
  const root = new real.AsyncResource("onescope.root", { requireManualDestroy: true });

  /** @type {{ scope: Scope | undefined } | undefined} the snapshot that is being called */
  let running;

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
     * Calls `fn` in the scope that a snapshot holds and then puts back the whole scope that was current. Under async_hooks
     * a snapshot is a resource, which keeps what was entered in it for its next call.
     *
     * @param {{ scope: Scope | undefined }} held
     * @param {Function} fn
     * @param {unknown} self `this` of the call
     * @param {unknown[]} args
     */
    resume(held, fn, self, args) {
      const prior = one.getStore();
      const outer = running;
      // A snapshot that is called within itself goes on with what was entered in it so far.
      if (outer !== undefined && !mode.frames) outer.scope = prior;
      running = held;
      one.enterWith(held.scope);
      try {
        return call(fn, self, args);
      } finally {
        running = outer;
        if (!mode.frames) held.scope = one.getStore();
        one.enterWith(outer === held ? held.scope : prior);
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

  return {
    run: plain.run,
    resume: plain.resume,
    /** every storage of the process is a slot, so one scope is the whole async context */
    sealed: false,
    /** somebody watches async resources */
    watched: false,
    /** a real storage other than the one was seen in use; `undefined` before `onescope/register` loaded and looks out */
    foreign: /** @type {boolean | undefined} */ (undefined),

    /**
     * States facts about the process and chooses the way that they allow.
     *
     * @param {{ sealed?: boolean, watched?: boolean, foreign?: boolean }} facts
     */
    rule(facts) {
      Object.assign(this, facts);
      const way = mode.frames && this.sealed && !this.watched ? rooted : plain;
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
