import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { counters, inFlight, label, runTask } from "../../js/inspect.js";
import {
  closeAfterResponse,
  createRequestContext,
  runWithRequestContext,
  runWithUnifiedStateMutation,
} from "../../shims/unified-request-context.js";

/** @import { InFlight, InFlightFilter } from "../../js/inspect.js" */

/**
 * @param {InFlight[]} all
 * @param {InFlightFilter} filter
 */
function select(all, { limit = all.length, label, waiting, state, thread }) {
  const found = all.filter(
    (each) =>
      each.label.includes(label ?? "") &&
      (waiting === undefined || each.waiting?.label.includes(waiting)) &&
      each.state === (state ?? each.state) &&
      each.thread === (thread ?? each.thread),
  );
  return found.sort((a, b) => b.ageMs - a.ageMs || a.id - b.id).slice(0, limit);
}

const withoutTimes = (/** @type {InFlight[]} */ list) =>
  list.map(({ ageMs, idleMs, waiting, ...rest }) => ({ ...rest, waiting: waiting?.label }));

test("a filtered list is a part of the whole one, whatever is in flight", async () => {
  /** @type {Array<() => void>} */
  const open = [];
  const steps = fc.sample(
    fc.record({
      what: fc.constantFrom("task", "nested", "context", "flagged", "child", "responded", "close", "sleep"),
      index: fc.nat(),
      label: fc.constantFrom("GET /a", "GET /b", "POST /a", "é/a", "a\nb"),
    }),
    1500,
  );
  for (const { what, index, label: text } of steps) {
    const { promise, resolve } = Promise.withResolvers();
    const close = () => resolve(undefined);
    const enter = (/** @type {object} */ fields) => {
      const context = createRequestContext(fields);
      runWithRequestContext(context, () => label(text));
      open.push(() => void closeAfterResponse(context));
      return context;
    };
    if (what === "task") void runTask(text, () => promise);
    else if (what === "nested") void runTask(text, () => runTask("inner", () => promise).then(() => {}));
    else if (what === "context") enter({ requestSignal: null });
    else if (what === "flagged") enter({ dynamicUsageDetected: true });
    else if (what === "responded") runWithRequestContext(enter({}), () => {});
    else if (what === "child")
      runWithRequestContext(enter({}), () =>
        runWithUnifiedStateMutation(
          () => {},
          () => {},
        ),
      );
    else if (what === "close" && open.length > 0) open.splice(index % open.length, 1)[0]();
    else if (index % 40 === 0) await sleep(12);
    if (what === "task" || what === "nested") open.push(close);
  }
  await sleep(30);
  const all = inFlight();
  assert.ok(all.length > 300 && all.length < steps.length, `${all.length}`);
  assert.ok(all.some(({ parent }) => parent !== null) && all.some(({ flags }) => flags.length > 0));
  assert.equal(all.length, counters().inFlight);
  assert.deepEqual(withoutTimes(all), withoutTimes(select(all.toReversed(), {})));
  const limits = fc.oneof(fc.nat({ max: 10 }), fc.nat({ max: 2 * all.length }), fc.constant(2 ** 53 - 1));
  const filters = fc.record(
    {
      limit: limits,
      label: fc.constantFrom("", "/a", "GET /b", "a?b", "é", "inner", "nowhere"),
      waiting: fc.constantFrom("", "inner", "nowhere"),
      state: /** @type {fc.Arbitrary<InFlight["state"]>} */ (
        fc.constantFrom("created", "active", "responded", "closed")
      ),
      thread: fc.constantFrom(all[0].thread, 77),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(filters, (filter) => {
      assert.deepEqual(withoutTimes(inFlight(filter)), withoutTimes(select(all, filter)));
    }),
    { numRuns: 300 },
  );
  for (const close of open) close();
});

test("the oldest of 100 000 are listed without looking at the others", async () => {
  const over = Promise.withResolvers();
  for (let index = 0; index < 100_000; index++) void runTask(`many ${index}`, () => over.promise);
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    assert.equal(inFlight({ limit: 100 }).length, 100);
    return performance.now() - start;
  });
  // It takes 0.2 ms. To describe all of them took 300 ms.
  assert.ok(Math.min(...times) < 30, `${times}`);
  assert.deepEqual(
    inFlight({ limit: 3, label: "many" }).map((each) => each.label),
    ["many 0", "many 1", "many 2"],
  );
  over.resolve(undefined);
  await sleep(50);
  assert.deepEqual(inFlight({ limit: 3, label: "many" }), []);
});
