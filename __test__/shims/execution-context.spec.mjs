import assert from "node:assert/strict";
import { test } from "node:test";
import { evalJson } from "../_support/run.mjs";
import { testParity } from "../_support/shim-parity.mjs";
import { stockUrl } from "../_support/stock.mjs";

testParity("request-context");

const OURS = new URL("../../shims/request-context.js", import.meta.url).href;
const STOCK = stockUrl("shims/request-context.js");

/** By what was in the place of the bridge before the module was loaded. */
const BEFORE = {
  nothing: "",
  "a value": "globalThis[BRIDGE] = { before: 1 };",
  "a getter": "let n = 0; Object.defineProperty(globalThis, BRIDGE, { configurable: true, get: () => ({ n: ++n }) });",
  "a setter alone": "Object.defineProperty(globalThis, BRIDGE, { configurable: true, set() {} });",
  "a fixed value": "Object.defineProperty(globalThis, BRIDGE, { value: { fixed: 1 }, writable: true });",
};

for (const [what, before] of Object.entries(BEFORE)) {
  test(`the bridge as vinext builds it, where ${what} was before`, async () => {
    const [ours, stock] = await Promise.all(
      [OURS, STOCK].map((module) =>
        evalJson(`
          const BRIDGE = Symbol.for("__cloudflare-context__");
          const seen = [];
          const observe = () => seen.push(globalThis[BRIDGE] ?? null);
          ${before}
          const shim = await import(${JSON.stringify(module)});
          observe();
          shim.runWithExecutionContext({ id: 1 }, observe);
          observe();
          globalThis[BRIDGE] = { assigned: 1 };
          observe();
          shim.runWithExecutionContext({ id: 2 }, observe);
          const { configurable, enumerable, get } = Object.getOwnPropertyDescriptor(globalThis, BRIDGE);
          console.log(JSON.stringify([seen, configurable, enumerable, typeof get]));
        `),
      ),
    );
    assert.deepEqual(ours, stock);
  });
}
