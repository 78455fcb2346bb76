import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { backend, store } from "onescope";
import { leaks, trackLeaks } from "onescope/inspect";
import {
  closeAfterResponse,
  createRequestContext,
  runWithRequestContext,
} from "onescope/shims/unified-request-context";
import { idOf } from "../../js/store/records.js";
import { evalJson } from "../_support/run.mjs";
import { afterCollection } from "../_support/wait.mjs";

/** A request that ran and has that label. */
function open(label, opts) {
  const context = createRequestContext(opts);
  runWithRequestContext(context, () => {});
  store.setLabel(idOf(context), label);
  return context;
}

async function finished(label) {
  const context = open(label);
  await closeAfterResponse(context);
  return context;
}

const group = (list, label) => list.find((entry) => entry.label === label);
const held = (label) => group(leaks().held, label)?.count ?? 0;

const NOT_TRACKING = { tracking: false, held: [], unproven: 0, skipped: 0, sinceMs: 0 };

describe("leaks", () => {
  let tracking;
  beforeEach(() => {
    tracking = trackLeaks();
  });
  afterEach(() => tracking.stop());

  test("a closed context that is held is named; those beside it in its page are not", async () => {
    const kept = [];
    for (let i = 0; i < 20; i++) {
      kept.push(await finished("GET /held"));
      for (let j = 0; j < 5; j++) await finished("GET /gone");
    }
    const report = await afterCollection(leaks, ({ held, unproven }) => held.length > 0 && unproven === 0);
    assert.equal(group(report.held, "GET /held").count, kept.length);
    assert.equal(group(report.held, "GET /gone"), undefined);
    kept.length = 0;
    assert.equal(
      await afterCollection(
        () => held("GET /held"),
        (count) => count === 0,
      ),
      0,
    );
  });

  test("a child that is held holds its request", async () => {
    const context = open("GET /child");
    const { runWithUnifiedStateMutation, getRequestContext } = await import("onescope/shims/unified-request-context");
    const child = runWithRequestContext(context, () => runWithUnifiedStateMutation(() => {}, getRequestContext));
    await closeAfterResponse(context);
    assert.equal(
      await afterCollection(
        () => held("GET /child"),
        (count) => count === 1,
      ),
      1,
    );
    assert.ok(child);
  });

  test("what a forgotten timer holds is named, until the timer goes", async () => {
    const timer = await runWithRequestContext(open("GET /timer"), async () => setInterval(() => {}, 1 << 30));
    const context = open("GET /timer");
    const second = runWithRequestContext(context, () => setInterval(() => {}, 1 << 30));
    await closeAfterResponse(context);
    clearInterval(timer);
    assert.equal(
      await afterCollection(
        () => held("GET /timer"),
        (count) => count === 1,
      ),
      1,
    );
    clearInterval(second);
  });

  test("nothing is said of a context before three full collections have run", async () => {
    const kept = [];
    for (let i = 0; i < 10; i++) kept.push(await finished("GET /fresh"));
    assert.equal(held("GET /fresh"), 0);
    assert.ok(leaks().unproven >= 10);
    for (let collection = 0; collection < 2; collection++) {
      globalThis.gc();
      for (let turn = 0; turn < 5; turn++) await setImmediate();
      assert.equal(held("GET /fresh"), 0, "marking may have begun before they closed");
    }
    assert.equal(
      await afterCollection(
        () => held("GET /fresh"),
        (count) => count > 0,
      ),
      kept.length,
    );
  });

  test("its age counts from the close", async () => {
    const context = await finished("GET /age");
    await new Promise((resolve) => setTimeout(resolve, 80));
    const report = await afterCollection(leaks, (seen) => group(seen.held, "GET /age") !== undefined);
    // The clock of the ages ticks every 10 ms.
    assert.ok(group(report.held, "GET /age").oldestMs >= 60);
    assert.ok(context);
  });

  test("one without a label goes by its kind", async () => {
    const context = open("", { requestSignal: undefined });
    await closeAfterResponse(context);
    assert.equal(
      await afterCollection(
        () => held("appPage"),
        (count) => count >= 1,
      ),
      1,
    );
    assert.ok(context);
  });

  test("a request that is open counts as never closed once it was idle for `idleMs`", async () => {
    const context = open("GET /open");
    assert.equal(group(leaks().neverClosed, "GET /open"), undefined);
    const { count, collected } = group(leaks({ idleMs: 0 }).neverClosed, "GET /open");
    assert.deepEqual([count, collected], [1, 0]);
    await closeAfterResponse(context);
    assert.equal(group(leaks({ idleMs: 0 }).neverClosed, "GET /open"), undefined);
  });

  test("a request that was collected without being closed is named", async () => {
    for (let i = 0; i < 3000; i++) open("GET /abandoned");
    const label = backend === "native" ? "GET /abandoned" : "unknown";
    const found = () => group(leaks().neverClosed, label);
    assert.ok(await afterCollection(() => found() !== undefined, Boolean));
    assert.ok(found().collected >= 255);
    assert.equal(found().count, found().collected);
  });
});

describe("trackLeaks", () => {
  test("what closed before is not followed, and nothing is after the last stop", async () => {
    const kept = [await finished("GET /before")];
    const first = trackLeaks();
    const second = trackLeaks();
    first.stop();
    first.stop();
    kept.push(await finished("GET /between"));
    assert.equal(
      await afterCollection(
        () => held("GET /between"),
        (count) => count === 1,
      ),
      1,
    );
    assert.equal(held("GET /before"), 0);
    second.stop();
    kept.push(await finished("GET /after"));
    assert.ok(!Object.hasOwn(kept.at(-1), "$sentinel"));
    const third = trackLeaks();
    assert.equal(leaks().unproven, 0, "forgotten");
    third.stop();
    assert.equal(kept.length, 3);
  });

  test("a flood is sampled, and says so", async () => {
    const report = await evalJson(`
      import { leaks, trackLeaks } from "onescope/inspect";
      import { createRequestContext, runWithRequestContext, closeAfterResponse } from "onescope/shims/unified-request-context";
      runWithRequestContext(createRequestContext(), () => {});
      trackLeaks();
      for (let i = 0; i < 20_000; i++) {
        const context = createRequestContext();
        runWithRequestContext(context, () => {});
        void closeAfterResponse(context);
      }
      const { unproven, skipped } = leaks();
      console.log(JSON.stringify({ unproven, skipped }));
    `);
    assert.equal(report.unproven + report.skipped, 20_000);
    assert.ok(report.unproven >= 1024 && report.unproven <= 8192, `${report.unproven}`);
  });

  test("leaks() only reads: it tracks nothing before trackLeaks()", async () => {
    const kept = [];
    const report = leaks();
    kept.push(await finished("GET /unfollowed"));
    assert.ok(!Object.hasOwn(kept[0], "$sentinel"));
    const { tracking, held, unproven, skipped, sinceMs } = report;
    assert.deepEqual({ tracking, held, unproven, skipped, sinceMs }, NOT_TRACKING);
    assert.equal(leaks().tracking, false);
    const tracker = trackLeaks();
    assert.equal(leaks().tracking, true);
    tracker.stop();
    assert.equal(leaks().tracking, false);
  });
});
