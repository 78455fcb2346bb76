import { copies } from "../util/copies.js";
import { shared } from "../util/shared.js";
import { call, entry } from "./entry.js";
import { mode, nodeHooks } from "./node-hooks.js";
import { countChange, rootStorage } from "./root-storage.js";
import { Box, claim, Owner, readStored, withIndexed, withStored } from "./scope.js";
import { bindCallback } from "./snapshot.js";

/** @import { Scope } from "./root-storage.js" */

/** What a scope stores for a storage that was entered with `undefined`: a value, and not the same as unset. */
const VOID = Symbol("undefined");

/** The arguments of a function that `run` got none for. */
const NO_ARGS = /** @type {unknown[]} */ ([]);

/** Slots made in this thread so far, also those that were never entered. */
export const tally = shared("storageTally", () => ({ made: 0 }));

/** Owner of every storage that was never entered: no scope holds anything for it. */
const UNCLAIMED = new Owner();

/**
 * An AsyncLocalStorage whose value is a slot of the root storage. It does what this Node's own class does in this process's
 * propagation mode, and costs nothing per `await` (async_hooks) and per `run` (frames) of others.
 *
 * Not a subclass by construction: under async_hooks Node's constructor already enables the new storage, which taxes
 * every promise from then on. The prototype chain is the same, so `instanceof AsyncLocalStorage` holds, and what Node
 * builds on `getStore` and `enterWith` (`withScope`) is inherited.
 *
 * @template T
 */
class SlotStorageClass {
  /** @type {Owner} */
  #owner = UNCLAIMED;
  /** the owner's index; 0 where a look at it does not do: it has none, it is disabled, or a former owner's value may be there */
  #index = 0;
  /** `#index`; 0 also where an unset storage has a value, so that the scope does not say whether `run` changes something */
  #plainIndex = 0;
  /** a scope may hold a former owner's value at the owner's index */
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
    if (options === null || typeof options !== "object" || Array.isArray(options))
      new nodeHooks.AsyncLocalStorage(options);
    this.#default = options.defaultValue;
    if (options.name !== undefined) this.#name = `${options.name}`;
    if (!mode.frames && this.#default !== undefined) this.#birthplace = nodeHooks.executionAsyncResource();
  }

  get name() {
    return mode.options ? (this.#name ?? "") : undefined;
  }

  /** @returns {T | undefined} */
  getStore() {
    const index = this.#index;
    if (index !== 0) {
      const scope = rootStorage.getStore();
      const stored = scope === undefined ? undefined : scope[index];
      return stored !== undefined && stored !== VOID ? /** @type {T} */ (stored) : this.#decode(stored);
    }
    return this.#decode(this.#owner === UNCLAIMED ? undefined : readStored(rootStorage.getStore(), this.#owner));
  }

  /**
   * Calls `fn` with the storage set to `store`, as Node does: directly if nothing changes, and through the methods of a
   * subclass or an agent that replaced this class's.
   *
   * Here is the common call: small enough for V8 to inline it (its limit is 460 bytes of bytecode), which makes it a third faster,
   * and without a call in between, which saves stack. Leaving takes at most the stack that entering took, so that it cannot
   * overflow where that did not.
   *
   * @template R
   * @param {T} store
   * @param {(...args: never[]) => R} fn is called with what follows it, read from `arguments`: a rest parameter costs 5 % of a
   *   nested entry
   * @returns {R}
   */
  run(store, fn) {
    const index = this.#plainIndex;
    if (
      index === 0 ||
      store === undefined ||
      arguments.length > 2 ||
      (entry.enter !== undefined && entry.level < entry.rootLevels) ||
      this.enterWith !== enterWith ||
      this.getStore !== getStore
    ) {
      return this.#runOther(store, fn, arguments.length > 2 ? Array.prototype.slice.call(arguments, 2) : NO_ARGS);
    }
    const prior = rootStorage.getStore();
    if (prior !== undefined && Object.is(prior[index], store)) return fn.call(null);
    const next = withIndexed(prior, index, store);
    const changes = rootStorage.changes;
    rootStorage.enterWith(next);
    try {
      return fn.call(null);
    } finally {
      if (rootStorage.changes === changes) rootStorage.enterWith(prior);
      else this.#leave(next, prior);
    }
  }

  /** @param {T} store */
  enterWith(store) {
    if (this.#owner === UNCLAIMED) this.#claim();
    if (this.#disabled) this.#enable();
    countChange();
    rootStorage.enterWith(withStored(rootStorage.getStore(), this.#owner, this.#encode(store)));
  }

  /**
   * @template R
   * @param {(...args: never[]) => R} fn
   * @param {...unknown} args
   * @returns {R}
   */
  exit(fn, ...args) {
    if (mode.frames) return Reflect.apply(this.run, this, [undefined, fn, ...args]);
    if (this.#disabled) return Reflect.apply(fn, null, args);
    if (this.#owner === UNCLAIMED) {
      if (this.#origin === undefined) return Reflect.apply(fn, null, args);
      this.#claim();
    }
    // Through an unset slot an adopted storage's older value would show.
    const hidden = this.#origin === undefined ? undefined : this.#encode(undefined);
    const prior = rootStorage.getStore();
    const next = withStored(prior, this.#owner, hidden);
    rootStorage.enterWith(next);
    try {
      return Reflect.apply(fn, null, args);
    } finally {
      // Under async_hooks what `fn` entered stays entered.
      const now = rootStorage.getStore();
      if (now === next) rootStorage.enterWith(prior);
      else if (readStored(now, this.#owner) === hidden) {
        rootStorage.enterWith(withStored(now, this.#owner, readStored(prior, this.#owner)));
      }
    }
  }

  disable() {
    const scope = rootStorage.getStore();
    if (!mode.frames) {
      this.#disabled = true;
      // The fast paths do not check whether the storage is disabled.
      this.#index = this.#plainIndex = 0;
    }
    if (this.#owner === UNCLAIMED || scope === undefined) return;
    const without = withStored(scope, this.#owner, undefined);
    // Everything that was started in the current frame shares it and loses the value too, hence in place; a run that
    // is still open must see that its scope changed, hence a scope of another identity.
    countChange();
    rootStorage.enterWith(without);
    scope.splice(0, scope.length, ...without);
  }

  /**
   * @template {(...args: any[]) => any} F
   * @param {F} fn
   * @returns {F}
   */
  static bind(fn) {
    if (!entry.allSlots || typeof fn !== "function") return nodeHooks.AsyncLocalStorage.bind(fn);
    return bindCallback(fn);
  }

  /** @returns {ReturnType<typeof nodeHooks.AsyncLocalStorage.snapshot>} */
  static snapshot() {
    if (!entry.allSlots) {
      // What Node's own snapshot holds, without the bound function around it, which costs ten times as much to make.
      const resource = new nodeHooks.AsyncResource("onescope.snapshot");
      return (fn, ...args) => resource.runInAsyncScope(fn, undefined, ...args);
    }
    const captured = entry.capture();
    return (fn, ...args) => entry.resume(captured, fn, undefined, args);
  }

  #claim() {
    this.#owner = claim(this);
    this.#boxed = this.#owner.boxed;
    this.#setIndexes();
  }

  #setIndexes() {
    this.#index = this.#boxed ? 0 : this.#owner.index;
    const hasValueUnset = this.#origin !== undefined || this.#default !== undefined || this.#birthplace !== undefined;
    this.#plainIndex = hasValueUnset ? 0 : this.#index;
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
    // Under async_hooks a default shows only in resources older than the storage; one of those is known.
    return nodeHooks.executionAsyncResource() === this.#birthplace ? this.#default : undefined;
  }

  /**
   * Under async_hooks a resource keeps an explicit `undefined` where a run found nothing, and the default is hidden from then
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
   * @param {Function} fn
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

  /**
   * `run` where it takes more.
   *
   * @param {T} store
   * @param {Function} fn
   * @param {unknown[]} args
   */
  #runOther(store, fn, args) {
    const isHooked = this.enterWith !== enterWith || this.getStore !== getStore;
    if (isHooked && mode.frames && mode.enters) return this.#runHooked(store, fn, args);
    if (this.#owner === UNCLAIMED) this.#claim();
    const prior = rootStorage.getStore();
    const before = isHooked ? this.getStore() : this.#decode(readStored(prior, this.#owner));
    if (Object.is(before, store)) return call(fn, null, args);
    if (this.#disabled) this.#enable();
    const next = withStored(prior, this.#owner, this.#encode(store));
    if (entry.enter !== undefined && entry.level < entry.rootLevels)
      return entry.enter(next, prior, this.#owner, fn, args);
    rootStorage.enterWith(next);
    try {
      return args === NO_ARGS ? fn.call(null) : Reflect.apply(fn, null, args);
    } finally {
      this.#leave(next, this.#birthplace === undefined ? prior : this.#withoutDefault(prior));
    }
  }

  /**
   * Restores what this storage held before a run, and leaves alone what others entered meanwhile.
   *
   * @param {Scope} next the scope that the run entered
   * @param {Scope | undefined} prior
   */
  #leave(next, prior) {
    const now = rootStorage.getStore();
    rootStorage.enterWith(now === next ? prior : withStored(now, this.#owner, readStored(prior, this.#owner)));
  }

  #enable() {
    this.#disabled = false;
    this.#setIndexes();
  }

  // What other modules of the package need of a storage's private state.
  static friends = {
    /**
     * A slot for a storage of Node's own that is adopted: where no scope holds a value, that storage's shows through.
     *
     * @param {() => unknown} origin its `getStore`
     */
    adopting(origin) {
      const slot = new SlotStorageClass();
      slot.#origin = origin;
      return slot;
    },

    /**
     * Gives a storage its index now.
     *
     * @param {SlotStorageClass<unknown>} storage
     * @returns {number} -1 where a scope can hold another storage's value at its index, or it has none
     */
    claimIndex(storage) {
      if (storage.#owner === UNCLAIMED) storage.#claim();
      return storage.#index === 0 ? -1 : storage.#index;
    },

    /**
     * Calls `fn` in one scope in which all the given storages hold `undefined`.
     *
     * @template R
     * @param {Iterable<SlotStorageClass<unknown>>} storages
     * @param {() => R} fn
     * @returns {R}
     */
    exitAll(storages, fn) {
      const prior = rootStorage.getStore();
      /** @type {Array<[Owner, unknown]>} */
      const left = [];
      let next = prior;
      for (const storage of storages) {
        if (storage.getStore() === undefined) continue;
        if (storage.#owner === UNCLAIMED) storage.#claim();
        left.push([storage.#owner, readStored(prior, storage.#owner)]);
        next = withStored(next, storage.#owner, storage.#encode(undefined));
      }
      if (next === prior) return fn();
      if (!mode.enters) return rootStorage.run(next, fn);
      rootStorage.enterWith(next);
      try {
        return fn();
      } finally {
        const now = rootStorage.getStore();
        let back = now;
        if (now === next) back = prior;
        else for (const [owner, stored] of left) back = withStored(back, owner, stored);
        rootStorage.enterWith(back);
      }
    },
  };
}

/** This class's own methods, to notice where others replaced them. */
const { getStore, enterWith } = SlotStorageClass.prototype;

export const { SlotStorage, adopting, claimIndex, exitAll } = shared("SlotStorage", () => {
  const { friends } = SlotStorageClass;
  // Hidden from users, who see this class as `AsyncLocalStorage` under `onescope/register`.
  Reflect.deleteProperty(SlotStorageClass, "friends");
  Object.setPrototypeOf(SlotStorageClass, nodeHooks.AsyncLocalStorage);
  Object.setPrototypeOf(SlotStorageClass.prototype, nodeHooks.AsyncLocalStorage.prototype);
  Object.defineProperty(SlotStorageClass, "name", { value: "SlotStorage" });
  copies.classes.add(SlotStorageClass);
  return { SlotStorage: SlotStorageClass, ...friends };
});
