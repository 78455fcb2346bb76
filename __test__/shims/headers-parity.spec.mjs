import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { execute, loadVariant } from "../_support/headers-machine.mjs";
import { programs } from "../_support/headers-programs.mjs";
import { stockUrl } from "../_support/stock.mjs";
import { assertSameTrace } from "../_support/traces.mjs";

const stock = await loadVariant(stockUrl("shims/"));
const ours = await loadVariant(new URL("../../shims/", import.meta.url).href);

/** @param {{ api: any, requests: any }} variant */
const world = ({ api, requests }) => ({ api: () => api, scopes: () => api, requests });

test("ours exports what vinext's does", () => {
  assert.deepEqual(Object.keys(ours.api).sort(), Object.keys(stock.api).sort());
});

test("random programs read the same with ours and with vinext's", async () => {
  await fc.assert(
    fc.asyncProperty(programs(), async (program) => {
      assertSameTrace(await execute(program, world(ours)), await execute(program, world(stock)));
    }),
    { numRuns: 600, seed: 20260101 },
  );
});

test("random programs read the same when ours and vinext's share a request", async () => {
  await fc.assert(
    fc.asyncProperty(programs(), fc.nat(), async (program, start) => {
      // One after the other, in an order that differs from program to program. A stock copy can make children of its own contexts only.
      let calls = start;
      const either = () => (calls++ % 3 === 0 ? ours : stock).api;
      const mixed = { api: either, scopes: either, requests: stock.requests };
      assertSameTrace(await execute(program, mixed), await execute(program, world(stock)));
    }),
    { numRuns: 600, seed: 20260102 },
  );
});

test("random programs read the same when a stock copy reads what ours made", async () => {
  await fc.assert(
    fc.asyncProperty(programs(), fc.nat(), async (program, start) => {
      let calls = start;
      const either = () => (calls++ % 3 === 0 ? stock : ours).api;
      const mixed = { api: either, scopes: () => ours.api, requests: ours.requests };
      assertSameTrace(await execute(program, mixed), await execute(program, world(stock)));
    }),
    { numRuns: 600, seed: 20260103 },
  );
});
