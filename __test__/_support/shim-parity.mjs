import { fork } from "node:child_process";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { inheritedFlags } from "./run.mjs";
import { SHIMS } from "./shim-operations.mjs";
import { programs } from "./shim-programs.mjs";
import { assertSameTrace } from "./traces.mjs";

const CHILD = fileURLToPath(new URL("./shim-child.mjs", import.meta.url));

/**
 * Tests that random programs read the same with our module beside a stock one as with two stock ones. Copies share keys
 * on globalThis, so each variant is a process of its own.
 *
 * @param {string} name of the module
 * @param {number} [numRuns]
 */
export function testParity(name, numRuns = 300) {
  test(`${name}: every program does what it does with vinext's own module, also beside a stock copy`, async () => {
    const [stock, ours] = ["stock", "ours"].map((variant) => start(name, variant));
    await fc.assert(
      fc.asyncProperty(programs(SHIMS[name]), async (program) => {
        const [expected, actual] = await Promise.all([stock(program), ours(program)]);
        assertSameTrace(actual, expected);
      }),
      { numRuns },
    );
  });
}

/**
 * @param {string} name
 * @param {string} variant
 */
function start(name, variant) {
  const child = fork(CHILD, [name, variant], {
    execArgv: inheritedFlags(),
    env: { ...process.env, NODE_OPTIONS: "", NODE_TEST_CONTEXT: undefined },
  });
  let failed = (/** @type {Error} */ error) => void error;
  child.on("exit", (code) => failed(new Error(`the child for ${variant} ended with exit code ${code}`)));
  after(() => child.kill());
  return (/** @type {any[]} */ program) => {
    child.send({ program });
    return new Promise((resolve, reject) => {
      child.once("message", ({ trace }) => resolve(trace));
      failed = reject;
    });
  };
}
