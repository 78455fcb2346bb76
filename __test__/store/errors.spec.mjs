import assert from "node:assert/strict";
import { test } from "node:test";
import { backend, OnescopeError, store } from "onescope";
import { LAYOUT } from "../../js/generated/slot-table.js";
import { backend as chosen } from "../../js/store/backend.js";
import { createFallback } from "../../js/store/js-backend/index.js";

// The backend in use and the JavaScript one: the same mistake has the same class, code and text.

const other = createFallback(["for this test"]);

const VALUES = [undefined, null, true, -1, 0.5, 2 ** 31, 1e21, 1.5e-7, NaN, -Infinity, "x", 'a "b" \n\u0001é', 5n];
/** @type {unknown[]} */
const ODD = [Symbol("s"), () => {}, {}, [], Object.create(null)];
const KEY = "errors.test";

/** Ids of slots that both backends have. */
const register = (/** @type {any} */ spec) => [chosen, other].map((each) => each.registerSlot(spec));
register({ key: `${KEY}.flag`, kind: "flag", lifetime: "request" });
register({ key: `${KEY}.enum`, kind: "enum", lifetime: "request", variants: ["a", 1, 'c "d"'], default: 1 });
register({ key: `${KEY}.counter`, kind: "counter", lifetime: "scope", default: 7 });
const [phase] = store.slots();

/** @type {Record<string, (backend: import("../../js/store/native/contract.js").Backend, value: any) => unknown>} */
const CALLS = {
  "slotInfo(id)": (on, value) => on.slotInfo(value),
  "readLabel(id)": (on, value) => on.readLabel(value),
  "readState(id)": (on, value) => on.readState(value),
  "readSlot(id, slot)": (on, value) => on.readSlot(value, phase.id),
  "writeLabel(stale)": (on) => on.writeLabel(2 ** 40 + 1, "x"),
  "contexts({ limit })": (on, limit) => on.contexts({ limit }),
  "contexts({ label })": (on, label) => on.contexts({ label }),
  "contexts({ state })": (on, state) => on.contexts({ state }),
  "contexts({ thread })": (on, thread) => on.contexts({ thread }),
  "a spec without a key": (on) => on.registerSlot(/** @type {any} */ ({ kind: "flag" })),
  "a spec without a kind": (on) => on.registerSlot(/** @type {any} */ ({ key: KEY, lifetime: "scope" })),
  "a spec without a lifetime": (on) => on.registerSlot(/** @type {any} */ ({ key: KEY, kind: "flag" })),
  key: (on, key) => on.registerSlot(/** @type {any} */ ({ key, kind: "lazy", lifetime: "request", default: 1 })),
  kind: (on, kind) => on.registerSlot({ key: KEY, kind, lifetime: "scope" }),
  lifetime: (on, lifetime) => on.registerSlot({ key: KEY, kind: "flag", lifetime }),
  inChild: (on, inChild) =>
    on.registerSlot({ key: KEY, kind: "value", lifetime: "request", inChild: inChild ?? "copy" }),
  variants: (on, variants) => on.registerSlot({ key: KEY, kind: "enum", lifetime: "scope", variants }),
  variant: (on, value) => on.registerSlot({ key: KEY, kind: "enum", lifetime: "scope", variants: [value, value] }),
  "variants of a flag": (on) => on.registerSlot({ key: KEY, kind: "flag", lifetime: "scope", variants: ["a"] }),
  "lazy in a scope": (on, value) => on.registerSlot({ key: KEY, kind: "lazy", lifetime: "scope", default: value }),
  "default of a flag": (on, value) =>
    on.registerSlot({ key: KEY, kind: "flag", lifetime: "scope", default: value === true ? "true" : (value ?? 1) }),
  "default of a counter": (on, value) =>
    on.registerSlot({ key: KEY, kind: "counter", lifetime: "scope", default: value ?? -1 }),
  "default of a lazy slot": (on, value) =>
    on.registerSlot({ key: KEY, kind: "lazy", lifetime: "request", default: value ?? null }),
  "default of an enum": (on, value) =>
    on.registerSlot({ key: KEY, kind: "enum", lifetime: "scope", variants: ["v"], default: value ?? "w" }),
  conflict: (on) => on.registerSlot({ key: `${KEY}.enum`, kind: "flag", lifetime: "scope" }),
  "conflict with a counter": (on) => on.registerSlot({ key: `${KEY}.counter`, kind: "counter", lifetime: "request" }),
};

/**
 * @param {() => unknown} call
 * @returns {any} what it throws
 */
function thrown(call) {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

for (const [name, call] of Object.entries(CALLS)) {
  test(`${name}: both backends throw the same`, () => {
    let errors = 0;
    for (const value of [...VALUES, ...ODD]) {
      const [first, second] = [chosen, other].map((each) => thrown(() => call(each, value)));
      // What both accept is not compared.
      if (first === undefined && second === undefined) continue;
      errors++;
      assert.ok(first instanceof OnescopeError, `${backend}: ${first} beside ${second}`);
      assert.ok(second instanceof OnescopeError, `js: ${second} beside ${first}`);
      assert.deepEqual([first.code, first.message], [second.code, second.message]);
      assert.match(first.code, /^ERR_ONESCOPE_/);
    }
    assert.ok(errors > 0);
  });
}

test("a value that a native slot cannot hold is refused alike", () => {
  const contextIds = [chosen, other].map((each) => {
    each.attachThread();
    const words = new Int32Array(each.allocatePage());
    // As if the first record of the page were in use.
    words[LAYOUT.header.cursor] = 2;
    return words[LAYOUT.header.idLow] + 1;
  });
  let refused = 0;
  for (const name of ["flag", "enum", "counter", "lazy"]) {
    const spec = /** @type {any} */ ({ key: `${KEY}.written.${name}`, kind: name, lifetime: "request" });
    const ids = register(name === "enum" ? { ...spec, variants: ["a", 1, 'c "d"'] } : spec);
    for (const value of [...VALUES, ...ODD]) {
      const [first, second] = [chosen, other].map((each, index) =>
        thrown(() => each.writeSlot(contextIds[index], ids[index], /** @type {any} */ (value))),
      );
      assert.equal(first?.code, second?.code);
      // The addon can only check that the value is not a scalar.
      if (!ODD.includes(value) && typeof value !== "bigint") assert.equal(first?.message, second?.message);
      if (first?.code === "ERR_ONESCOPE_SLOT_KIND") refused++;
    }
  }
  assert.ok(refused > 40, `${refused}`);
});
