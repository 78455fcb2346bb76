import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { evalJson } from "../_support/run.mjs";

const urlOf = (path) => JSON.stringify(new URL(`../../${path}`, import.meta.url).href);

// A thread that an entry attaches to the store takes part in a watch only where that entry brings the features along.
describe("an entry that can attach its thread composes the store with the features", () => {
  for (const entry of ["js/index.js", "js/auto.js", "js/inspect.js", "js/opentelemetry.js", "js/register.js"]) {
    test(entry, async () => {
      const composed = await evalJson(`
        await import(${urlOf(entry)});
        const { hooks } = await import(${urlOf("js/store/hooks.js")});
        console.log(JSON.stringify(typeof hooks.attached));`);
      assert.equal(composed, "function");
    });
  }
});
