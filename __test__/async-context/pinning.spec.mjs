import assert from "node:assert/strict";
import { test } from "node:test";
import { mode } from "../../js/async-context/node-hooks.js";
import { runNode } from "../_support/run.mjs";

// What holds a context holds the values in it. A slot's are held by what would hold those of Node's own storage, and by nothing else.

const PROGRAM = "__test__/_support/pinning.mjs";

async function report(/** @type {string} */ of, /** @type {string[]} */ flags = []) {
  const { code, stdout, stderr } = await runNode(["--expose-gc", ...flags, PROGRAM, of]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

test("what holds a value of a slot, and what lets go of it, is what does so for a storage of Node's own", async () => {
  const stock = await report("stock");
  const pins = (/** @type {string} */ name) => [stock[name].before, stock[name].after];
  // Written out, so that equal reports which find nothing cannot pass.
  for (const name of ["a snapshot", "a bound function"]) assert.deepEqual(pins(name), [["value"], []]);
  assert.deepEqual(pins("a pending timer")[0], ["value"]);
  assert.deepEqual(pins("a promise that waits, and then is settled")[0], ["value"]);
  assert.deepEqual(pins("a promise that is settled and kept")[0], mode.frames ? [] : ["value"]);
  assert.deepEqual(pins("a nested run that was left")[0], ["outer"]);
  assert.deepEqual(pins("an entered value that another replaced")[0], ["second"]);
  // Under async_hooks a disabled storage of Node's still holds its values, and a slot lets go of them at once.
  if (!mode.frames) stock["a storage that is disabled"] = { before: [], after: [] };
  assert.deepEqual(await report("slots"), stock);
  assert.deepEqual(await report("stock", ["--import", "./js/register.js"]), stock);
});
