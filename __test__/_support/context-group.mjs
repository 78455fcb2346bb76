import fc from "fast-check";
import { MAKERS, SLOTS } from "../../js/generated/slot-table.js";

// A request and its child contexts, played with one module's functions. The same operations with vinext's own module, whose
// contexts are plain objects, say what must come out.

const LAZY = {
  "[]": () => [],
  "new Set()": () => new Set(),
  "new Map()": () => new Map(),
  "new WeakMap()": () => new WeakMap(),
  "renderDynamicLatch()": () => ({ dynamic: true, listeners: new Set() }),
  "afterContext()": () => ({ callbacks: [], pendingPromises: 1 }),
};

/** What an operation assigns to a slot, by the number that it drew. */
function valueFor(slot, draw) {
  const make = LAZY[MAKERS[slot.key]];
  // A latch that is missing is made anew by a child; request-context-children.spec.mjs has a test of its own for that.
  const nothing = slot.key === "renderDynamicLatch" ? make() : [undefined, null][draw % 2];
  if (make !== undefined) return draw % 4 === 0 ? nothing : make();
  const values = slot.variants ?? { flag: [true, false], counter: [1, 2, 77] }[slot.kind] ?? [null, `value ${draw}`];
  return draw % 5 === 0 ? [undefined, null, "odd", 1.5, -1][draw % 3] : values[draw % values.length];
}

/** Leaves a mark in a collection, so that two collections with equal content still differ. */
function mark(collection, name) {
  if (collection == null) return;
  if (Array.isArray(collection)) collection.push(name);
  else if (collection instanceof Set) collection.add(name);
  else if (collection instanceof Map) collection.set(name, name);
  else if (collection instanceof WeakMap) return;
  else mark(collection.listeners ?? collection.callbacks, name);
}

export class ContextGroup {
  /** @param {any} shim the functions of unified-request-context, ours or vinext's own */
  constructor(shim) {
    this.shim = shim;
    this.contexts = [shim.createRequestContext()];
    this.marks = 0;
  }

  /**
   * Every field of every context, read in the order given: reading is what makes a collection. Objects are shown with
   * the places of all fields that hold the very same one.
   *
   * @param {number[]} places
   */
  describe(places) {
    const holders = new Map();
    for (const place of places) {
      for (const { key } of SLOTS) {
        const value = this.contexts[place][key];
        if (typeof value !== "object" || value === null) continue;
        if (!holders.has(value)) holders.set(value, []);
        holders.get(value).push(`${place}.${key}`);
      }
    }
    return this.contexts.map((context) =>
      Object.fromEntries(
        SLOTS.map(({ key }) => {
          const value = context[key];
          const held = holders.get(value);
          return [
            key,
            held === undefined ? value : { held: held.toSorted(), value: value instanceof WeakMap || value },
          ];
        }),
      ),
    );
  }
}

export const OPERATION = fc.record({
  kind: fc.constantFrom("touch", "touch", "assign", "child", "child and assign"),
  index: fc.nat(),
  slot: fc.constantFrom(...SLOTS),
  draw: fc.nat(1000),
});

/**
 * @param {ContextGroup} group
 * @param {{ kind: string, index: number, slot: any, draw: number }} operation
 */
export function play(group, { kind, index, slot, draw }) {
  const { shim, contexts } = group;
  const context = contexts[index % contexts.length];
  if (kind === "touch") return mark(context[slot.key], `mark ${group.marks++}`);
  const assign = (target) => {
    target[slot.key] = valueFor(slot, draw);
  };
  if (kind === "assign") return assign(context);
  const mutate = kind === "child" ? () => {} : assign;
  shim.runWithRequestContext(context, () => {
    contexts.push(shim.runWithUnifiedStateMutation(mutate, shim.getRequestContext));
  });
}
