import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { packed } from "../_support/packed.mjs";
import { evalJson } from "../_support/run.mjs";

const url = (/** @type {string} */ path) => pathToFileURL(join(packed().folder, "onescope", path)).href;

test("the package's onescope/register loads four files", async () => {
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
  assert.deepEqual(files, ["generated/slot-table.js", "joined/core.js", "joined/register.js", "register.js"]);
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

test("the joined file finds what it loads later", async () => {
  const warnings = await evalJson(`
    import { once } from "node:events";
    import { Worker } from "node:worker_threads";
    // The addon is in another package, which is not where it would be found.
    process.env.ONESCOPE_BACKEND = "js";
    const warnings = [];
    process.on("warning", ({ message }) => warnings.push(message));
    await import(${JSON.stringify(url("js/register.js"))});
    // The first worker has the main thread attach, for which it loads the store.
    const { promise, resolve } = Promise.withResolvers();
    process.getBuiltinModule("node:module").registerHooks({
      load(file, context, next) {
        if (file.endsWith("/js/process/attached.js")) resolve();
        return next(file, context);
      },
    });
    await once(new Worker("", { eval: true }), "exit");
    await promise;
    await new Promise((done) => setTimeout(done, 100));
    console.log(JSON.stringify(warnings));
  `);
  assert.deepEqual(warnings, []);
});
