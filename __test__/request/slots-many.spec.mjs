import assert from "node:assert/strict";
import { test } from "node:test";
import { registerSlot } from "../../js/index.js";
import { backend } from "../../js/store/backend.js";

/**
 * Registers slots one by one.
 *
 * @param {string} name part of their keys
 * @param {number} count
 * @returns {number} milliseconds of the fastest twenty together, which a busy machine lengthens little
 */
function register(name, count) {
  const times = [];
  for (let n = 0; n < count; n++) {
    const start = performance.now();
    registerSlot(`${name}.${n}`, { kind: "value", lifetime: "request" });
    times.push(performance.now() - start);
  }
  const fastest = times.sort((a, b) => a - b).slice(0, 20);
  return fastest.reduce((sum, time) => sum + time, 0);
}

test("registering a slot takes the same time however many there are", () => {
  register("warm", 200);
  const early = register("early", 200);
  register("many", 6000);
  const late = register("late", 200);
  // Time in proportion to the slots made it some twenty times as long.
  assert.ok(late < 6 * early, `${early} ms with few slots, ${late} ms with many`);
});

test("a slot is found by its id, and others are refused as everywhere", () => {
  const { id, key } = registerSlot("found.by.id", { kind: "value", lifetime: "request", inChild: "reset" });
  assert.deepEqual(
    backend.slotInfo(id),
    backend.slots().find((slot) => slot.key === key),
  );
  assert.throws(() => backend.slotInfo(0), { code: "ERR_ONESCOPE_SLOT_UNKNOWN" });
  assert.throws(() => backend.slotInfo(10 ** 6), { code: "ERR_ONESCOPE_SLOT_UNKNOWN" });
  assert.throws(() => backend.slotInfo(1.5), { code: "ERR_ONESCOPE_ID" });
});
