import { setImmediate } from "node:timers/promises";

/** What programs do with values that are made once for a request. */
const FACTORIES = [
  (count) => () => ++count.made,
  (count) => () => void ++count.made,
  (count) => async () => ++count.made,
  (count) => async () => {
    const made = ++count.made;
    await setImmediate();
    throw new Error(`made ${made}`);
  },
  (count) => () => {
    throw new Error(`made ${++count.made}`);
  },
];

/** @type {import("../shim-operations.mjs").Shim} */
export const cacheForRequest = {
  modules: [],
  prepare(copies, memory) {
    // The same factory for both copies: it is the key for both.
    memory.counts = FACTORIES.map(() => ({ made: 0 }));
    memory.factories = FACTORIES.map((make, i) => make(memory.counts[i]));
    memory.getters = new Map(copies.map((copy) => [copy, memory.factories.map((each) => copy.cacheForRequest(each))]));
  },
  scopes: {},
  acts: {
    get: (copy, arg, memory) => memory.getters.get(copy)[arg](),
    getAsync: (copy, arg, memory) => memory.getters.get(copy)[2 + (arg % 2)](),
    forget: (copy, arg, memory) => copy.getRequestContext().requestCache.delete(memory.factories[arg]),
    forgetAsync: (copy, _arg, memory) => copy.getRequestContext().requestCache.delete(memory.factories[3]),
    replace: (copy) => void (copy.getRequestContext().requestCache = new WeakMap()),
  },
  read: (_copy, memory) => memory.counts.map(({ made }) => made),
};
