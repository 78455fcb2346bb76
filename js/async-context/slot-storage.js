import { copies } from "../util/copies.js";
import { shared } from "../util/shared.js";
import { call, ways } from "./entry.js";
import { mode } from "./mode.js";
import { real } from "./node-storage.js";
import { one } from "./root-storage.js";
import { Box, claim, Owner, readStored, withStored } from "./scope.js";
import { bindCallback } from "./snapshot.js";

/** @typedef {import("./root-storage.js").Scope} Scope */

/** What a scope stores for a storage that was entered with `undefined`: a value, and not the same as unset. */
const VOID = Symbol("undefined");

/** What `run` passes on when it got no arguments for the function. */
const NO_ARGS = /** @type {unknown[]} */ ([]);

/** Slots made in this thread so far, also those that were never entered. */
export const tally = shared("storageTally", () => ({ made: 0 }));

/** Owner of every storage that was never entered: no scope holds anything for it. */
const NOBODY = new Owner();

/**
 * An AsyncLocalStorage whose value is a slot of the one real storage. It does what this Node's own class does in this
 * process's propagation mode, and costs nothing per `await` (async_hooks) and per `run` (frames) of others.
 *
 * Not a subclass by construction: under async_hooks Node's constructor already enables the new storage, which taxes
 * every promise from then on. The prototype chain is the same, so `instanceof AsyncLocalStorage` holds, and what Node
 * builds on `getStore` and `enterWith` (`withScope`) is inherited.
 *
 * @template T
 */
class SlotStorageClass {
  /** @type {Owner} */
  #owner = NOBODY;
  /** the owner's lane, 0 when it has none: the one load that `getStore` needs */
  #lane = 0;
  /** a scope may hold a former owner's value on this lane */
  #boxed = false;
  /** @type {T | undefined} */
  #default = undefined;
  /** @type {string | undefined} */
  #name = undefined;
  /** async_hooks only: `disable()` reaches every context at once, until the storage is entered again */
  #disabled = false;
  /** @type {(() => T | undefined) | undefined} where an adopted storage's value is while no scope holds one */
  #origin = undefined;
  /** @type {object | undefined} async_hooks only: the resource in which an unset storage still shows its default */
  #birthplace = undefined;

  /** @param {{ name?: string, defaultValue?: T }} [options] read where this Node's own class reads them (24 and later) */
  constructor(options) {
    tally.made++;
    if (!mode.options || options === undefined) return;
    // Node's own check, so that a wrong argument fails as it does there.
    if (options === null || typeof options !== "object" || Array.isArray(options)) new real.AsyncLocalStorage(options);
    this.#default = options.defaultValue;
    if (options.name !== undefined) this.#name = `${options.name}`;
    if (!mode.frames && this.#default !== undefined) this.#birthplace = real.executionAsyncResource();
  }

  get name() {
    return mode.options ? (this.#name ?? "") : undefined;
  }

  /** @returns {T | undefined} */
  getStore() {
    const lane = this.#lane;
    if (lane !== 0) {
      const scope = one.getStore();
      const stored = scope === undefined ? undefined : scope[lane];
      return stored !== undefined && stored !== VOID && !this.#boxed ? /** @type {T} */ (stored) : this.#decode(stored);
    }
    return this.#decode(this.#owner === NOBODY ? undefined : readStored(one.getStore(), this.#owner));
  }

  /**
   * Calls `fn` with the storage set to `store`, as Node does: straight through if nothing changes, and through methods that
   * a subclass or an agent has put in the place of this class's.
   *
   * The plain way is written out here, which saves stack and time. Leaving takes at most the stack that entering took, so
   * that it cannot overflow where that did not.
   *
   * @param {T} store
   * @param {(...args: any[]) => any} fn is called with what follows it, read from `arguments`: a rest parameter costs 5 % of a
   *   nested entry
   */
  run(store, fn) {
    const args = arguments.length > 2 ? Array.prototype.slice.call(arguments, 2) : NO_ARGS;
    const isHooked = this.enterWith !== enterWith || this.getStore !== getStore;
    if (isHooked && mode.frames && mode.enters) return this.#runHooked(store, fn, args);
    if (this.#owner === NOBODY) this.#claim();
    const prior = one.getStore();
    const before = isHooked ? this.getStore() : this.#decode(readStored(prior, this.#owner));
    if (Object.is(before, store)) return call(fn, null, args);
    if (this.#disabled) this.#enable();
    const next = withStored(prior, this.#owner, this.#encode(store));
    if (ways.enter !== undefined && ways.level < ways.levels) return ways.enter(next, prior, this.#owner, fn, args);
    one.enterWith(next);
    try {
      return args === NO_ARGS ? fn.call(null) : Reflect.apply(fn, null, args);
    } finally {
      // Puts back what this storage held, and leaves alone what others entered meanwhile.
      const now = one.getStore();
      const back = this.#birthplace === undefined ? prior : this.#withoutDefault(prior);
      one.enterWith(now === next ? back : withStored(now, this.#owner, readStored(back, this.#owner)));
    }
  }

  /** @param {T} store */
  enterWith(store) {
    if (this.#owner === NOBODY) this.#claim();
    if (this.#disabled) this.#enable();
    one.enterWith(withStored(one.getStore(), this.#owner, this.#encode(store)));
  }

  /**
   * @param {(...args: any[]) => any} fn
   * @param {...unknown} args
   */
  exit(fn, ...args) {
    if (mode.frames) return Reflect.apply(this.run, this, [undefined, fn, ...args]);
    if (this.#disabled) return Reflect.apply(fn, null, args);
    if (this.#owner === NOBODY) {
      if (this.#origin === undefined) return Reflect.apply(fn, null, args);
      this.#claim();
    }
    // An adopted storage's older value would show through an unset slot.
    const hidden = this.#origin === undefined ? undefined : this.#encode(undefined);
    const prior = one.getStore();
    const next = withStored(prior, this.#owner, hidden);
    one.enterWith(next);
    try {
      return Reflect.apply(fn, null, args);
    } finally {
      // Under async_hooks what `fn` entered stays entered.
      const now = one.getStore();
      if (now === next) one.enterWith(prior);
      else if (readStored(now, this.#owner) === hidden) {
        one.enterWith(withStored(now, this.#owner, readStored(prior, this.#owner)));
      }
    }
  }

  disable() {
    const scope = one.getStore();
    if (!mode.frames) {
      this.#disabled = true;
      // The fast path of `getStore` does not ask whether the storage is on.
      this.#lane = 0;
    }
    if (this.#owner === NOBODY || scope === undefined) return;
    const without = withStored(scope, this.#owner, undefined);
    // Everything that was started in the current frame shares it and loses the value too, hence in place; a run that
    // is still open must see that its scope changed, hence a scope of another identity.
    one.enterWith(without);
    scope.splice(0, scope.length, ...without);
  }

  /**
   * @template {(...args: any[]) => any} F
   * @param {F} fn
   * @returns {F}
   */
  static bind(fn) {
    if (!ways.sealed || typeof fn !== "function") return real.AsyncLocalStorage.bind(fn);
    return bindCallback(fn);
  }

  /** @returns {<R, A extends any[]>(fn: (...args: A) => R, ...args: A) => R} */
  static snapshot() {
    if (!ways.sealed) {
      // What Node's own snapshot holds, without the bound function around it, which costs ten times as much to make.
      const resource = new real.AsyncResource("onescope.snapshot");
      return (fn, ...args) => resource.runInAsyncScope(fn, undefined, ...args);
    }
    const held = ways.hold();
    return (fn, ...args) => ways.resume(held, fn, undefined, args);
  }

  #claim() {
    this.#owner = claim(this);
    this.#lane = this.#owner.lane;
    this.#boxed = this.#owner.boxed;
  }

  /** @param {T | undefined} store */
  #encode(store) {
    const stored = store === undefined ? VOID : store;
    return this.#boxed ? new Box(this.#owner, stored) : stored;
  }

  /**
   * @param {unknown} stored
   * @returns {T | undefined}
   */
  #decode(stored) {
    let value = stored;
    if (this.#boxed) value = stored instanceof Box && stored.owner === this.#owner ? stored.value : undefined;
    if (value === undefined || this.#disabled) return this.#unset();
    return value === VOID ? undefined : /** @type {T} */ (value);
  }

  #unset() {
    if (this.#origin !== undefined) return this.#origin();
    if (this.#birthplace === undefined || this.#disabled) return this.#default;
    // Under async_hooks a default shows only in resources older than the storage; we know one of those.
    return real.executionAsyncResource() === this.#birthplace ? this.#default : undefined;
  }

  /**
   * Under async_hooks a resource keeps an explicit `undefined` where a run found nothing, which hides the default from then
   * on.
   *
   * @param {Scope | undefined} scope
   */
  #withoutDefault(scope) {
    if (readStored(scope, this.#owner) !== undefined) return scope;
    return withStored(scope, this.#owner, this.#encode(undefined));
  }

  /**
   * `run` where the storage's `getStore` or `enterWith` is not this class's and contexts travel in frames: Node's `run` calls
   * both there, so that profilers which hook `enterWith` see each entry and each return.
   *
   * @param {T} store
   * @param {(...args: any[]) => any} fn
   * @param {unknown[]} args
   */
  #runHooked(store, fn, args) {
    const before = this.getStore();
    if (Object.is(before, store)) return call(fn, null, args);
    this.enterWith(store);
    try {
      return call(fn, null, args);
    } finally {
      this.enterWith(/** @type {T} */ (before));
    }
  }

  #enable() {
    this.#disabled = false;
    this.#lane = this.#owner.lane;
  }

  // What the package's other modules need of a storage's inside, and users do not.
  static friends = {
    /**
     * A slot for a real storage that is taken over: where no scope holds a value, the real one's shows through.
     *
     * @param {() => unknown} origin
     */
    adopting(origin) {
      const slot = new SlotStorageClass();
      slot.#origin = origin;
      return slot;
    },

    /**
     * Gives a storage its place now.
     *
     * @param {SlotStorageClass<any>} storage
     * @returns {number} its lane, if whatever a scope has there is its own; else -1
     */
    claimLane(storage) {
      if (storage.#owner === NOBODY) storage.#claim();
      return storage.#lane === 0 || storage.#boxed ? -1 : storage.#lane;
    },

    /**
     * Calls `fn` in one scope in which all the given storages hold `undefined`.
     *
     * @template R
     * @param {Iterable<SlotStorageClass<any>>} storages
     * @param {() => R} fn
     * @returns {R}
     */
    exitAll(storages, fn) {
      const prior = one.getStore();
      /** @type {Array<[Owner, unknown]>} */
      const left = [];
      let next = prior;
      for (const storage of storages) {
        if (storage.getStore() === undefined) continue;
        if (storage.#owner === NOBODY) storage.#claim();
        left.push([storage.#owner, readStored(prior, storage.#owner)]);
        next = withStored(next, storage.#owner, storage.#encode(undefined));
      }
      if (next === prior) return fn();
      if (!mode.enters) return one.run(next, fn);
      one.enterWith(next);
      try {
        return fn();
      } finally {
        const now = one.getStore();
        let back = now;
        if (now === next) back = prior;
        else for (const [owner, stored] of left) back = withStored(back, owner, stored);
        one.enterWith(back);
      }
    },
  };
}

/** This class's own, to notice where somebody has put others in their place. */
const { getStore, enterWith } = SlotStorageClass.prototype;

export const { SlotStorage, adopting, claimLane, exitAll } = shared("SlotStorage", () => {
  const { friends } = SlotStorageClass;
  // Not for users, who see this class as `AsyncLocalStorage` under `onescope/register`.
  Reflect.deleteProperty(SlotStorageClass, "friends");
  Object.setPrototypeOf(SlotStorageClass, real.AsyncLocalStorage);
  Object.setPrototypeOf(SlotStorageClass.prototype, real.AsyncLocalStorage.prototype);
  Object.defineProperty(SlotStorageClass, "name", { value: "SlotStorage" });
  copies.classes.add(SlotStorageClass);
  return { SlotStorage: SlotStorageClass, ...friends };
});
