import { AsyncLocalStorage } from "node:async_hooks";

const root = new AsyncLocalStorage();

// As long as onescope's scopes with as many storages. No holes: with them an array is slower for good.
const eight = [undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined];
const many = [...eight, ...eight, ...eight];

let made = 0;

/**
 * The least that storages do which are all in one of Node's: a copy of what all of them hold, entered with Node's own methods and left
 * again. Without what makes them storages of Node's: no default, no `enterWith` inside that stays, nothing that is collected.
 *
 * @template T
 */
export class Floor {
  static snapshot = AsyncLocalStorage.snapshot;
  static bind = AsyncLocalStorage.bind;

  #index = made++;

  /** @returns {T | undefined} */
  getStore() {
    const scope = root.getStore();
    return scope === undefined ? undefined : scope[this.#index];
  }

  /**
   * @template R
   * @param {T} store
   * @param {() => R} fn
   * @returns {R}
   */
  run(store, fn) {
    const prior = root.getStore();
    const next = (prior ?? (made > 8 ? many : eight)).slice();
    next[this.#index] = store;
    root.enterWith(next);
    try {
      return fn.call(null);
    } finally {
      root.enterWith(prior);
    }
  }
}
