import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertSame, normalize } from "../../benchmark/_util/whole-server/compare.mjs";
import { isContext } from "../../benchmark/_util/whole-server/profile.mjs";
import { bootstrap, MEASURES, summarise } from "../../benchmark/_util/whole-server/statistics.mjs";
import { ROOT } from "../_support/run.mjs";

// What a benchmark of whole servers says of its figures.

const [throughput] = MEASURES;
const cpu = /** @type {import("../../benchmark/_util/whole-server/statistics.mjs").Measure} */ (
  MEASURES.find(({ name }) => name === "CPU")
);
const STOCK = [100, 104, 98, 101, 99, 103, 97, 102, 100, 100];
const CONTROL = [101, 103, 99, 100, 100, 102, 98, 101, 99, 102];

/** @param {number[]} variant */
function verdict(variant, measure = cpu) {
  const options = { reference: "stock", control: "control", measure };
  const length = variant.length;
  const values = { stock: STOCK.slice(0, length), control: CONTROL.slice(0, length), variant };
  return summarise(values, options).variant.verdict;
}

describe("a variant of a server", () => {
  const times = (/** @type {number} */ factor) => STOCK.map((value) => value * factor);

  test("is faster or slower where it differs more than the control", () => {
    assert.equal(verdict(times(0.9)), "faster");
    assert.equal(verdict(times(1.1)), "slower");
    assert.equal(verdict(times(0.9), throughput), "slower");
    assert.equal(verdict(times(1.1), throughput), "faster");
  });

  test("is equal where it does not", () => {
    assert.equal(verdict(CONTROL), "equal");
    assert.equal(verdict(times(1.001)), "equal");
  });

  test("is not judged by a few starts", () => assert.equal(verdict(times(0.5).slice(0, 5)), "too few starts"));

  test("has a ratio to the stock server of the same round", () => {
    const rounds = { stock: [100, 200, 400], control: [100, 200, 400], variant: [110, 220, 440] };
    const { variant } = summarise(rounds, { reference: "stock", control: "control", measure: cpu });
    assert.ok(Math.abs((variant.ratio ?? 0) - 1.1) < 1e-9);
    assert.ok(variant.interval?.every((end) => Math.abs(end - 1.1) < 1e-9));
  });

  test("has no ratio to nothing", () => {
    const rounds = { stock: [0, 1], control: [0, 1], variant: [1, 1] };
    const { variant } = summarise(rounds, { reference: "stock", control: "control", measure: cpu });
    assert.deepEqual(variant, { median: 1, minimum: 1 });
  });
});

test("an interval is the same each time, and holds the median", () => {
  const [low, high] = bootstrap(STOCK);
  assert.deepEqual(bootstrap(STOCK), [low, high]);
  assert.ok(low <= 100 && high >= 100 && low < high);
});

test("responses are compared without what depends on the moment", () => {
  const response = (/** @type {string} */ date, /** @type {string} */ body) =>
    normalize({
      status: 200,
      headers: [
        ["date", date],
        ["x-a", "1"],
      ],
      body,
    });
  const first = response("Mon", "at 2026-01-01T00:00:00.000Z on 127.0.0.1:3000");
  assertSame("same", first, response("Tue", "at 2026-01-01T00:00:01.000Z on 127.0.0.1:3001"));
  assert.throws(() => assertSame("other", first, response("Mon", "else")), /not the same: other, line 4/);
});

describe("code that keeps track of contexts", () => {
  for (const [source, expected] of /** @type {Array<[string, boolean]>} */ ([
    ["node:async_hooks", true],
    ["node:internal/async_local_storage/async_context_frame", true],
    ["node:internal/async_hooks", true],
    ["node:internal/process/task_queues", false],
    [`${ROOT}/js/async-context/slot-storage.js`, true],
    [`${ROOT}/shims/unified-request-context.js`, true],
    [`${ROOT}/shims/headers/sealed-headers.js`, false],
    [`${ROOT}/js/vite.js`, false],
    ["/app/node_modules/vinext/dist/shims/internal/headers-state.js", true],
    ["/app/node_modules/vinext/dist/shims/headers.js", false],
    ["/app/node_modules/react/index.js", false],
  ])) {
    test(source.replace(ROOT, ""), () => assert.equal(isContext(source.replace("//", "/")), expected));
  }
});
