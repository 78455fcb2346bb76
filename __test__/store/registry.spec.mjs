import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { LAYOUT, SLOTS } from "../../js/generated/slot-table.js";
import { registerSlot, store } from "../../js/index.js";
import { codeOf } from "../_support/code-of.mjs";
import { runNode } from "../_support/run.mjs";
import { DISTINCT, INVALID, VALID } from "../_support/slot-specs.mjs";

test("the built-in slots are there, as the generated table has them", () => {
  const listed = store.slots().slice(0, SLOTS.length);
  const defined = (slot) => Object.fromEntries(Object.entries(slot).filter(([, value]) => value !== undefined));
  assert.deepEqual(listed.map(defined), SLOTS.map(defined));
});

test("the same spec again has the same id, what it leaves out being the default", () => {
  for (const [index, spec] of DISTINCT.entries()) {
    const { id } = registerSlot(`same.${index}`, spec);
    assert.equal(registerSlot(`same.${index}`, { ...spec }).id, id);
    const whole = store.slots()[id - 1];
    assert.equal(whole.key, `same.${index}`);
    const { kind, lifetime, variants, inChild, default: value } = whole;
    const again = { kind, lifetime, variants, make: spec.make, inChild, default: value };
    assert.equal(registerSlot(whole.key, again).id, id);
  }
});

test("undefined is as good as nothing in a spec", () => {
  const nothing = { default: undefined, variants: undefined, make: undefined, inChild: undefined };
  for (const kind of ["value", "flag", "counter"]) {
    const { id } = registerSlot(`nothing.${kind}`, { kind });
    assert.equal(registerSlot(`nothing.${kind}`, { kind, ...nothing }).id, id);
  }
});

test("another spec under a known key is an error that names both", () => {
  for (const [index, first] of DISTINCT.entries()) {
    const key = `conflict.${index}`;
    registerSlot(key, first);
    for (const second of DISTINCT) {
      if (isDeepStrictEqual(first, second)) continue;
      assert.throws(
        () => registerSlot(key, second),
        (error) => {
          assert.equal(error.code, "ERR_ONESCOPE_SLOT_CONFLICT");
          for (const { kind, lifetime } of [first, second]) {
            assert.match(error.message, new RegExp(`\\{ key: "${key}", kind: "${kind}",[^}]*"${lifetime}"[^}]*\\}`));
          }
          const [one, two] = error.message.match(/\{[^}]*\}/g);
          return one !== two;
        },
      );
    }
  }
});

test("a built-in key cannot become something else, but can be registered as it is", () => {
  assert.equal(
    codeOf(() => registerSlot("phase", { kind: "value" })),
    "ERR_ONESCOPE_SLOT_CONFLICT",
  );
  const { id, kind, lifetime, variants } = store.slots().find(({ key }) => key === "phase");
  assert.equal(registerSlot("phase", { kind, lifetime, variants }).id, id);
});

test("specs at the edge of what is allowed are accepted", () => {
  for (const [key, spec] of VALID) {
    const { id } = registerSlot(key, spec);
    assert.equal(store.slots()[id - 1].key, key);
  }
});

for (const [what, [key, spec]] of Object.entries(INVALID)) {
  test(`refused: ${what}`, () => {
    const before = store.slots();
    assert.equal(
      codeOf(() => registerSlot(key, spec)),
      "ERR_ONESCOPE_SLOT_SPEC",
    );
    assert.deepEqual(store.slots(), before);
  });
}

test("what the registry was given and what it lists are copies", () => {
  const variants = ["a", "b"];
  const { id } = registerSlot("copies.variants", { kind: "enum", variants });
  variants.push("c");
  assert.deepEqual(store.slots()[id - 1].variants, ["a", "b"]);
  store.slots()[id - 1].key = "changed";
  store.slots()[id - 1].variants.pop();
  assert.deepEqual([store.slots()[id - 1].key, store.slots()[id - 1].variants], ["copies.variants", ["a", "b"]]);
});

test("when all fields of a record are taken, one more native slot is an error and everything else goes on", async () => {
  const { code, stdout, stderr } = await runNode([
    fileURLToPath(new URL("../_support/fill-record.mjs", import.meta.url)),
  ]);
  assert.equal(code, 0, stderr);
  const { taken, codes, scope, again, list } = JSON.parse(stdout);
  const builtin = (test) => SLOTS.filter((slot) => slot.native && test(slot.kind === "counter")).length;
  const bytes = LAYOUT.fieldCount - builtin((counter) => !counter);
  const counters = LAYOUT.counterCount - builtin((counter) => counter);
  assert.deepEqual(taken, { flag: bytes, counter: counters });
  assert.deepEqual(codes, { flag: "ERR_ONESCOPE_FIELDS_FULL", counter: "ERR_ONESCOPE_FIELDS_FULL" });
  assert.deepEqual([scope, again], ["flag of a scope", "flag0"]);
  assert.equal(list.length, SLOTS.length + bytes + counters + 1);
  const fields = list.filter(({ native }) => native).map(({ kind, field }) => `${kind === "counter"} ${field}`);
  assert.equal(new Set(fields).size, LAYOUT.fieldCount + LAYOUT.counterCount);
});
