import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { store } from "../../js/index.js";
import {
  createRequestContext,
  getRequestContext,
  runWithRequestContext,
  runWithUnifiedStateMutation,
} from "../../shims/unified-request-context.js";

// Flags, enums and counters are stored in native memory. To the code that uses them they are ordinary properties all the same,
// which hold whatever is assigned.

const NATIVE = store.slots().filter((slot) => slot.native && slot.owner !== undefined);
const ODD = [
  undefined,
  null,
  "draft",
  "x",
  "",
  0,
  1,
  2,
  3,
  255,
  -1,
  1.5,
  Number.NaN,
  2 ** 31,
  2 ** 32,
  2 ** 40,
  {},
  [],
];

/** Values that the slot's kind declares. */
function domain(slot) {
  if (slot.kind === "flag") return [true, false];
  return slot.kind === "enum" ? slot.variants : [1, 2, 3, 1000, 2 ** 31 - 1];
}

/** @param {(child: any) => void} check called with a child of `context`, as its current context */
function inChildContext(context, check) {
  runWithRequestContext(context, () =>
    runWithUnifiedStateMutation(
      () => {},
      () => check(getRequestContext()),
    ),
  );
}

test("vinext's flags, enums and counters are native, and nothing else", () => {
  const fields = store.slots().filter((slot) => slot.owner !== undefined);
  assert.ok(NATIVE.length > 0);
  for (const { key, kind, native } of fields) assert.equal(native, ["flag", "enum", "counter"].includes(kind), key);
});

for (const slot of NATIVE) {
  const { key, id } = slot;

  test(`${key} gives back what was assigned, and the store shows what its kind has`, () => {
    const context = createRequestContext();
    runWithRequestContext(context, () => {});
    for (const value of [...domain(slot), ...ODD, slot.default]) {
      context[key] = value;
      assert.deepEqual(context[key], value);
      const native = domain(slot).includes(value) || (slot.kind === "counter" && value === 255);
      assert.equal(store.read(store.id(context), id), native ? value : null, `${key} = ${value}`);
    }
  });

  test(`${key} keeps a value outside its domain from the options and through child contexts, each context its own`, () => {
    for (const odd of ODD) {
      const parent = createRequestContext({ [key]: odd });
      inChildContext(parent, (child) => {
        assert.deepEqual(child[key], odd);
        inChildContext(child, (grandchild) => assert.deepEqual(grandchild[key], odd));
        child[key] = "of the child";
        assert.deepEqual(parent[key], odd);
        child[key] = slot.default;
        assert.deepEqual([parent[key], child[key]], [odd, slot.default]);
        parent[key] = "of the parent";
        assert.deepEqual([parent[key], child[key]], ["of the parent", slot.default]);
      });
    }
  });

  test(`${key} is set from the store and seen in the context, also over a value outside its domain`, () => {
    const context = createRequestContext({ [key]: "odd" });
    for (const value of domain(slot)) {
      store.write(store.id(context), id, value);
      assert.equal(context[key], value);
    }
  });
}

test("a counter counts over the end of its field and back", () => {
  const context = createRequestContext({ nextFetchId: 2 ** 31 - 2 });
  const seen = [++context.nextFetchId, ++context.nextFetchId, ++context.nextFetchId, --context.nextFetchId];
  assert.deepEqual(seen, [2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 2 ** 31]);
  assert.equal(--context.nextFetchId, 2 ** 31 - 1);
});

test("any sequence of assignments leaves every field at what it was given last", () => {
  const assignment = fc.record({
    slot: fc.constantFrom(...NATIVE),
    pick: fc.nat(),
    odd: fc.option(fc.anything(), { freq: 3 }),
  });
  fc.assert(
    fc.property(fc.array(assignment, { maxLength: 40 }), (assignments) => {
      const context = createRequestContext();
      const expected = Object.fromEntries(NATIVE.map((slot) => [slot.key, slot.default]));
      for (const { slot, pick, odd } of assignments) {
        const values = domain(slot);
        const value = odd === null ? values[pick % values.length] : odd;
        context[slot.key] = expected[slot.key] = value;
        for (const key in expected) {
          // -0 and 0 are the same variant.
          assert.ok(context[key] === expected[key] || Number.isNaN(expected[key]), `${key} after ${slot.key}`);
        }
      }
    }),
    { numRuns: 100 },
  );
});
