import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { backend, registerSlot } from "../../js/index.js";
import { counters, histograms, inFlight, runTask } from "../../js/inspect.js";
import { createRequestContext, runWithRequestContext } from "../../shims/unified-request-context.js";
import { codeOf } from "../_support/code-of.mjs";
import { afterCollection } from "../_support/wait.mjs";

test("inFlight() filters by label, state and thread, oldest first", async () => {
  const over = Promise.withResolvers();
  const first = runTask("filter a", () => over.promise);
  await sleep(60);
  const both = [first, runTask("filter b", () => over.promise)];
  const labels = (/** @type {any} */ filter) => inFlight({ label: "filter", ...filter }).map((each) => each.label);
  assert.deepEqual(labels({}), ["filter a", "filter b"]);
  assert.deepEqual(labels({ label: "ter b" }), ["filter b"]);
  assert.deepEqual(labels({ limit: 1 }), ["filter a"]);
  assert.deepEqual(labels({ state: "active" }), ["filter a", "filter b"]);
  assert.deepEqual(labels({ state: "responded" }), []);
  const [{ thread, ageMs, idleMs }] = inFlight({ label: "filter" });
  assert.deepEqual(labels({ thread }), ["filter a", "filter b"]);
  assert.deepEqual(labels({ thread: thread + 7 }), []);
  assert.ok(ageMs >= 25 && ageMs < 5000, `${ageMs} ms old`);
  assert.equal(idleMs, ageMs);
  over.resolve(undefined);
  await Promise.all(both);
  assert.deepEqual(labels({}), []);
});

test("a filter that can find nothing is an error", () => {
  assert.equal(
    codeOf(() => inFlight({ state: /** @type {any} */ ("busy") })),
    "ERR_ONESCOPE_FILTER",
  );
  assert.equal(
    codeOf(() => inFlight({ label: /** @type {any} */ (5) })),
    "ERR_ONESCOPE_FILTER",
  );
  for (const wrong of [-1, 0.5, "1"]) {
    assert.equal(
      codeOf(() => inFlight({ thread: /** @type {any} */ (wrong) })),
      "ERR_ONESCOPE_ID",
    );
    assert.equal(
      codeOf(() => inFlight({ limit: /** @type {any} */ (wrong) })),
      "ERR_ONESCOPE_ID",
    );
  }
});

test("inFlight() names the flags that are set", () => {
  const slot = registerSlot("inspect.flag", { kind: "flag", lifetime: "request" });
  const context = createRequestContext({ dynamicUsageDetected: true });
  runWithRequestContext(context, () => {
    const flags = () => inFlight().find(({ flags }) => flags.includes("dynamicUsageDetected"))?.flags;
    assert.deepEqual(flags(), ["dynamicUsageDetected"]);
    slot.set(true);
    assert.deepEqual(flags(), ["dynamicUsageDetected", "inspect.flag"]);
  });
});

test("counters() counts what is in flight by kind and state", async () => {
  const before = counters();
  const context = createRequestContext({ requestSignal: null });
  await runWithRequestContext(context, () =>
    runTask("counted", async () => {
      await sleep(1);
      const now = counters();
      assert.equal(now.created, now.closed + now.abandoned + now.inFlight);
      assert.equal(now.inFlight - before.inFlight, 2);
      assert.equal((now.byKind.appPage ?? 0) - (before.byKind.appPage ?? 0), 1);
      assert.equal((now.byKind.other ?? 0) - (before.byKind.other ?? 0), 1);
      assert.equal((now.byState.active ?? 0) - (before.byState.active ?? 0), 2);
      assert.ok(now.pages >= 1 && now.threads >= 1);
    }),
  );
  assert.equal(counters().closed - before.closed, 1);
});

const byLabel = (/** @type {string} */ label) => histograms().find((each) => each.label === label);

test("histograms() counts each closed context once, whether its page is live or gone", async (t) => {
  if (backend === "js") {
    assert.deepEqual(histograms(), []);
    return t.skip("the JavaScript backend keeps none");
  }
  await Promise.all([200, 200, 200, 200, 800].map((ms) => runTask("timed", () => sleep(ms))));
  const timed = byLabel("timed");
  assert.equal(timed?.count, 5);
  // The clock ticks late on a machine that is busy.
  const near = (/** @type {number | undefined} */ found, /** @type {number} */ ms) =>
    assert.ok(found !== undefined && found >= ms - 100 && found < ms + 400, `${found} ms, not ${ms}`);
  near(timed?.p50, 200);
  near(timed?.max, 800);
  near(timed?.p99, 800);
  near(timed?.mean, 320);
  // Enough to fill pages, whose contexts are then garbage.
  const { pages } = counters();
  for (let index = 0; index < 3000; index++) runTask("many", () => {});
  assert.equal(byLabel("many")?.count, 3000);
  const after = await afterCollection(counters, (seen) => seen.pages <= pages + 2);
  assert.ok(after.pages <= pages + 2, `${after.pages} pages left`);
  assert.equal(byLabel("many")?.count, 3000);
  assert.equal(byLabel("timed")?.count, 5);
});

test("labels beyond the bound count under other", (t) => {
  if (backend === "js") return t.skip("the JavaScript backend keeps none");
  const total = () => histograms().reduce((sum, { count }) => sum + count, 0);
  const before = total();
  for (let index = 0; index < 500; index++) runTask(`label ${index}`, () => {});
  const list = histograms();
  assert.equal(list.length, 201);
  assert.equal(list.at(-1)?.label, "other");
  assert.equal(total() - before, 500);
});
