import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { packed } from "../_support/packed.mjs";
import { evalJson } from "../_support/run.mjs";

const url = (/** @type {string} */ path) => pathToFileURL(join(packed().folder, "onescope", path)).href;

test("the package's onescope/register loads two files", async () => {
  const files = await evalJson(`
    const files = [];
    process.getBuiltinModule("node:module").registerHooks({
      load(url, context, next) {
        if (!url.startsWith("node:")) files.push(url.replace(/^.*\\/js\\//, ""));
        return next(url, context);
      },
    });
    await import(${JSON.stringify(url("js/register.js"))});
    console.log(JSON.stringify(files.sort()));
  `);
  assert.deepEqual(files, ["joined/register.js", "register.js"]);
});

test("a module of the joined file can be loaded without what onescope/register does, and is the same module after it", async () => {
  const seen = await evalJson(`
    const hooks = process.getBuiltinModule("node:async_hooks");
    const { AsyncLocalStorage } = hooks;
    const { SlotStorage } = await import(${JSON.stringify(url("js/async-context/slot-storage.js"))});
    const before = hooks.AsyncLocalStorage === AsyncLocalStorage;
    await import(${JSON.stringify(url("js/register.js"))});
    const after = hooks.AsyncLocalStorage === SlotStorage;
    console.log(JSON.stringify({ before, after }));
  `);
  assert.deepEqual(seen, { before: true, after: true });
});
