import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { mode, nodeHooks } from "../../js/async-context/node-hooks.js";
import { SlotStorage } from "../../js/async-context/slot-storage.js";
import { createWorld, execute } from "../_support/context-machine.mjs";
import { programs } from "../_support/context-programs.mjs";
import { inheritedFlags } from "../_support/run.mjs";
import { collectGarbage } from "../_support/wait.mjs";

const CHILD = fileURLToPath(new URL("../_support/context-child.mjs", import.meta.url));

// On Node 22 async_hooks follow promises only once some storage is in use; before, a flow reads where it must not.
new nodeHooks.AsyncLocalStorage().run(1, () => {});

test("every program reads from slots what it reads from Node's storages, and a foreign storage never notices", async () => {
  let executed = 0;
  await fc.assert(
    fc.asyncProperty(programs({ storages: 4 }), async (program) => {
      // Collected storages give their indexes back, so programs run on new indexes, on used ones and without one.
      if (executed++ % 64 === 63) await collectGarbage();
      const foreign = nodeHooks.AsyncLocalStorage;
      const expected = await execute(program, createWorld(foreign, mode.frames, { count: 3, foreign }));
      const actual = await execute(program, createWorld(SlotStorage, mode.frames, { count: 3, foreign }));
      assert.deepEqual(actual, expected);
    }),
    { numRuns: 500 },
  );
});

test("under onescope/register every program reads what it reads without", async () => {
  const stock = startChild([]);
  const registered = startChild(["--import", "./js/register.js"]);
  await fc.assert(
    fc.asyncProperty(programs({ storages: 3 }), async (program) => {
      const [expected, actual] = await Promise.all([stock.execute(program), registered.execute(program)]);
      assert.deepEqual(actual, expected);
    }),
    { numRuns: 500 },
  );
  assert.deepEqual(await stock.describe(), { slots: false, fast: false });
  assert.deepEqual(await registered.describe(), { slots: true, fast: mode.frames });
});

/** @param {string[]} flags */
function startChild(flags) {
  const child = fork(CHILD, [], {
    execArgv: [...inheritedFlags(), "--expose-gc", ...flags],
    env: { ...process.env, NODE_OPTIONS: "", NODE_TEST_CONTEXT: undefined },
  });
  let failed = (/** @type {Error} */ error) => void error;
  child.on("exit", (code) => failed(new Error(`the child ended with exit code ${code}`)));
  after(() => child.kill());
  /** @param {object} message */
  const request = (message) => {
    child.send(message);
    return new Promise((resolve, reject) => {
      child.once("message", resolve);
      failed = reject;
    });
  };
  return {
    execute: async (program) => (await request({ program })).trace,
    describe: async () => (await request({})).state,
  };
}
