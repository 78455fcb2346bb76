// Says what storages keep alive, case by case, as JSON.
// usage: node --expose-gc pinning.mjs stock|slots, or with --import ./js/register.js for `stock`

import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";

/** @type {typeof AsyncLocalStorage} */
const Storage = process.argv[2] === "slots" ? (await import("../../js/index.js")).SlotStorage : AsyncLocalStorage;

/** Values by name, weakly, and what ends the case: a name is reported as pinned before, and after, `release`. */
/** @typedef {{ values: Record<string, WeakRef<object>>, release: () => void }} Case */

const never = () => setTimeout(() => {}, 2 ** 30).unref();
/** What must stay reachable from outside of any context. @type {unknown[]} */
const kept = [];

/** A value of its own, which nothing on the stack refers to. */
const fresh = () => new WeakRef({});
const deref = (/** @type {WeakRef<object>} */ ref) => /** @type {object} */ (ref.deref());

const storage = new Storage();
const other = new Storage();

/** @type {Record<string, () => Case>} each is called in a turn of its own */
const CASES = {
  "a pending timer": () => {
    const value = fresh();
    const timer = storage.run(deref(value), never);
    return { values: { value }, release: () => clearTimeout(timer) };
  },
  "a promise that waits, and then is settled": () => {
    const value = fresh();
    const { promise, resolve } = Promise.withResolvers();
    storage.run(deref(value), () => void promise.then(() => {}));
    return { values: { value }, release: () => resolve(undefined) };
  },
  "a promise that is settled and kept": () => {
    const value = fresh();
    const at = kept.push(storage.run(deref(value), async () => {})) - 1;
    return { values: { value }, release: () => (kept[at] = undefined) };
  },
  "a snapshot": () => {
    const value = fresh();
    const at = kept.push(storage.run(deref(value), () => Storage.snapshot())) - 1;
    return { values: { value }, release: () => (kept[at] = undefined) };
  },
  "a bound function": () => {
    const value = fresh();
    const at = kept.push(storage.run(deref(value), () => Storage.bind(() => {}))) - 1;
    return { values: { value }, release: () => (kept[at] = undefined) };
  },
  "a nested run that was left": () => {
    const [outer, inner] = [fresh(), fresh()];
    const timer = storage.run(deref(outer), () => {
      storage.run(deref(inner), () => {});
      return never();
    });
    return { values: { outer, inner }, release: () => clearTimeout(timer) };
  },
  "a run of another storage inside": () => {
    const [value, others] = [fresh(), fresh()];
    const timer = storage.run(deref(value), () => other.run(deref(others), never));
    return { values: { value, others }, release: () => clearTimeout(timer) };
  },
  "a value that exit() hides": () => {
    const value = fresh();
    const timer = storage.run(deref(value), () => storage.exit(never));
    return { values: { value }, release: () => clearTimeout(timer) };
  },
  "an entered value that another replaced": () => {
    const [first, second] = [fresh(), fresh()];
    storage.enterWith(deref(first));
    storage.enterWith(deref(second));
    const timer = never();
    return { values: { first, second }, release: () => clearTimeout(timer) };
  },
  "a storage that is gone": () => {
    const value = fresh();
    const timer = new Storage().run(deref(value), never);
    return { values: { value }, release: () => clearTimeout(timer) };
  },
  "a storage that is disabled": () => {
    const value = fresh();
    const own = new Storage();
    const timer = own.run(deref(value), () => {
      const pending = never();
      own.disable();
      return pending;
    });
    kept.push(own);
    return { values: { value }, release: () => clearTimeout(timer) };
  },
};

/** @param {Case["values"]} values @returns {Promise<string[]>} names of those that are alive after full collections */
async function pinned(values) {
  for (let n = 0; n < 4; n++) {
    // A turn of its own: what a WeakRef was dereferenced for stays until the end of the turn.
    await setImmediate();
    globalThis.gc?.();
  }
  await setImmediate();
  return Object.keys(values).filter((name) => values[name].deref() !== undefined);
}

/** @type {Record<string, { before: string[], after: string[] }>} */
const report = {};
for (const [name, start] of Object.entries(CASES)) {
  const { values, release } = await new Promise((resolve) => void setTimeout(() => resolve(start())));
  await sleep(1);
  const before = await pinned(values);
  release();
  await sleep(1);
  report[name] = { before, after: await pinned(values) };
}
console.log(JSON.stringify(report));
