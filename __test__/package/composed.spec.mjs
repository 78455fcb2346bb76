import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { evalJson } from "../_support/run.mjs";

const urlOf = (path) => JSON.stringify(new URL(`../../${path}`, import.meta.url).href);

// A thread that is attached to the store takes part in a watch only where what attached it brought the features along.
describe("an entry that can attach its thread composes the store with the features", () => {
  for (const entry of ["js/index.js", "js/inspect.js", "js/opentelemetry.js"]) {
    test(entry, async () => {
      const composed = await evalJson(`
        await import(${urlOf(entry)});
        const { hooks } = await import(${urlOf("js/store/hooks.js")});
        console.log(JSON.stringify(typeof hooks.attached));`);
      assert.equal(composed, "function");
    });
  }

  for (const entry of ["js/auto.js", "js/register.js"]) {
    test(`${entry}, by the time that its thread is attached`, async () => {
      const composed = await evalJson(`
        await import(${urlOf(entry)});
        const { Worker } = await import("node:worker_threads");
        const worker = new Worker("setInterval(() => {}, 1000)", { eval: true });
        const { backend } = await import(${urlOf("js/store/backend.js")});
        const { threadNumber } = await import(${urlOf("js/store/records.js")});
        while (backend.watchdog && threadNumber() < 0) await new Promise((resolve) => setTimeout(resolve, 10));
        const { hooks } = await import(${urlOf("js/store/hooks.js")});
        await worker.terminate();
        console.log(JSON.stringify([typeof hooks.attached, backend.watchdog === undefined]));`);
      assert.ok(composed[0] === "function" || composed[1], composed.join());
    });
  }
});
