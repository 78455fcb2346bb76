import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { backend } from "../../js/index.js";
import { runTask, slow } from "../../js/inspect.js";
import { afterCollection } from "../_support/wait.mjs";

const of = (/** @type {string} */ name) => slow().find(({ label }) => label === name)?.requests ?? [];

test("slow() has the slowest of a label, with what they waited for in order, also once they are collected", {
  skip: backend !== "native",
}, async () => {
  const wait = (/** @type {string} */ name, /** @type {number} */ ms) => runTask(name, () => sleep(ms));
  const run = (/** @type {number} */ ms) =>
    runTask("slow", async () => {
      await wait("first", ms);
      await Promise.all([wait("second", ms), wait("third", ms)]);
    });
  await Promise.all([20, 40, 60, 80, 100, 120, 140].map(run));
  const check = () => {
    const found = of("slow");
    assert.equal(found.length, 5);
    assert.deepEqual(
      found.map(({ ms }) => ms),
      found.map(({ ms }) => ms).sort((a, b) => b - a),
    );
    const [{ ms, waits }] = found;
    assert.ok(ms >= 240 && ms < 5000, `${ms} ms`);
    assert.deepEqual(
      waits.map(({ label, state }) => [label, state]),
      [
        ["first", "closed"],
        ["second", "closed"],
        ["third", "closed"],
      ],
    );
    assert.ok(waits[0].afterMs <= 20 && waits[1].afterMs >= 120 && waits[1].ms >= 120, JSON.stringify(waits));
  };
  check();
  // The pages of all of these are full, and nothing holds them.
  for (let count = 0; count < 600; count++) runTask("quick", () => {});
  await afterCollection(
    () => 0,
    () => true,
  );
  check();
  assert.equal(
    of("quick").every(({ ms }) => ms > 0),
    true,
  );
});

test("the JavaScript backend has no slow requests", { skip: backend !== "js" }, async () => {
  await runTask("slow", () => sleep(50));
  assert.deepEqual(slow(), []);
});
