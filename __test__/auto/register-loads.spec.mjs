import assert from "node:assert/strict";
import { test } from "node:test";
import { evalJson } from "../_support/run.mjs";

// What a process pays for onescope/register is above all what it loads: a list, not a time.

const FILES = [
  "async-context/entry.js",
  "async-context/frame-readers.js",
  "async-context/node-hooks.js",
  "async-context/root-storage.js",
  "async-context/scope.js",
  "async-context/slot-storage.js",
  "async-context/snapshot.js",
  "async-context/vm-timeouts.js",
  "generated/slot-table.js",
  "process/attach.js",
  "process/replace-storages.js",
  "register.js",
  "util/copies.js",
  "util/env.js",
  "util/runtime.js",
  "util/shared.js",
  "util/timers.js",
  "util/warn.js",
];

test("onescope/register loads no store, no addon and no module of Node but three", async () => {
  const { files, builtins } = await evalJson(`
    const files = [];
    const builtins = [];
    process.getBuiltinModule("node:module").registerHooks({
      load(url, context, next) {
        if (url.startsWith("node:")) builtins.push(url);
        else files.push(url.replace(/^.*\\/js\\//, ""));
        return next(url, context);
      },
    });
    await import("./js/register.js");
    // What follows the start of the process, if anything does.
    await new Promise((resolve) => setTimeout(resolve, 50));
    console.log(JSON.stringify({ files: files.sort(), builtins: [...new Set(builtins)].sort() }));
  `);
  assert.deepEqual(files, FILES);
  assert.deepEqual(builtins, ["node:async_hooks", "node:module", "node:vm"]);
});
