import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { backend } from "onescope";
import { flightDirectory, lastFlight } from "../_support/flights.mjs";
import { runNode } from "../_support/run.mjs";

// The clock has 32 bits: its readings turn negative in typed arrays after 24.8 days, and start again after 49.7.

const PROGRAM = fileURLToPath(new URL("../_support/clock-wrap.mjs", import.meta.url));
const LONGEST_MS = 60_000;

/** @param {number} ms */
const isAge = (ms, least = 0) => ms >= least && ms < LONGEST_MS;

for (const [name, at] of /** @type {const} */ ([
  ["turn negative", 2 ** 31],
  ["wrap", 2 ** 32],
])) {
  for (const before of [5, 400]) {
    test(`all times hold while the clock's readings ${name}, started ${before} ms before`, async (t) => {
      const flights = flightDirectory(t);
      const task = { base: at - before, at: at % 2 ** 32, flights };
      const { stdout, stderr } = await runNode(["--expose-gc", PROGRAM, JSON.stringify(task)], { timeoutMs: 120_000 });
      assert.notEqual(stdout, "", stderr);
      const found = JSON.parse(stdout);
      assert.ok(found.started < 0 || before === 5, `it started ${found.started} ms before`);
      assert.equal(found.skipped, 0, "the sampling budget grows");
      assert.equal(found.released, true);
      const across = found.inFlight.find(({ label }) => label === "across");
      assert.ok(isAge(across.ageMs, 900) && isAge(across.idleMs, 900), JSON.stringify(found.inFlight));
      assert.equal(found.held.length, 1);
      assert.ok(isAge(found.held[0].oldestMs, 900), JSON.stringify(found.held));
      const collected = found.neverClosed.filter((group) => group.collected > 0);
      const open = found.neverClosed.find(({ label }) => label === "across");
      assert.ok(isAge(open.oldestMs, 900), JSON.stringify(found.neverClosed));
      assert.ok(
        collected.every(({ oldestMs }) => isAge(oldestMs, 900)),
        JSON.stringify(found.neverClosed),
      );
      if (backend !== "native") return;
      assert.ok(collected.length > 0, JSON.stringify(found.neverClosed));
      assert.ok(
        found.histograms.every(({ max }) => isAge(max)),
        JSON.stringify(found.histograms),
      );
      assert.ok(isAge(found.histograms.find(({ label }) => label === "job").max, 100));
      const stall = found.stalls.find(({ onescope }) => onescope === "stall");
      assert.deepEqual(
        [stall?.request?.label, isAge(stall?.blockedMs, 100)],
        ["blocks", true],
        JSON.stringify(found.stalls),
      );
      assert.ok(
        found.stalls.every(({ blockedMs }) => isAge(blockedMs)),
        JSON.stringify(found.stalls),
      );
      const flown = JSON.parse((await lastFlight([flights, "--json"])).stdout);
      const recorded = flown.inFlight.find(({ label }) => label === "across");
      assert.ok(isAge(recorded.ageMs, 900) && isAge(recorded.idleMs, 900), JSON.stringify(flown.inFlight));
    });
  }
}
