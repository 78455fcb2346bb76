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
    // The same factory for both copies: it is the key, whoever asks.
    const factories = FACTORIES.map((make) => make({ made: 0 }));
    memory.getters = new Map(copies.map((copy) => [copy, factories.map((factory) => copy.cacheForRequest(factory))]));
  },
  scopes: { mutation: (copy, fn) => copy.runWithUnifiedStateMutation(() => {}, fn) },
  acts: {
    get: (copy, arg, memory) => memory.getters.get(copy)[arg](),
    forget: (copy, _arg, _memory, inRequest) => {
      if (inRequest) copy.getRequestContext().requestCache = new WeakMap();
    },
  },
  read: () => undefined,
};
