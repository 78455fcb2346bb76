// `npm test`: sets up, then lints, then tests Rust, the JavaScript core on every Node, the
// example app end to end, and the shims in the runtime of Workers.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildExample, install, node24, ROOT, setup } from "./setup.mjs";

const STEPS = {
  lint: () => [process.execPath, "scripts/lint.mjs"],
  rust: () => ["cargo", "test", "--quiet", "--no-default-features"],
  js: () => [node24(), "scripts/test-js.mjs"],
  docs: () => [node24(), "--test", "--test-reporter=spec", "__test__/docs/*.spec.mjs"],
  // One file at a time: each starts servers and counts on having the machine.
  e2e: () => [node24(), "--test", "--test-reporter=spec", "--test-concurrency=1", "__test__/e2e/*.spec.mjs"],
  workers: () => [node24(), "--test", "--test-reporter=spec", "__test__/workerd/*.spec.mjs"],
  benchmark: () => [node24(), "scripts/smoke-benchmarks.mjs"],
};

const { values } = parseArgs({
  options: { only: { type: "string" }, help: { type: "boolean", short: "h", default: false } },
});
if (values.help) {
  console.log(`usage: npm test [-- --only ${Object.keys(STEPS).join("|")}]`);
  process.exit(0);
}
if (values.only !== undefined && !Object.hasOwn(STEPS, values.only)) {
  console.error(`onescope: no step "${values.only}"; there are ${Object.keys(STEPS).join(", ")}`);
  process.exit(2);
}

setup();
buildExample({ out: "dist-stock", stock: true });
install(join(ROOT, "benchmark"));

/** @type {string[]} */
const failed = [];
const names = values.only === undefined ? Object.keys(STEPS) : [values.only];
for (const name of names) {
  console.log(`\n== ${name}`);
  const started = Date.now();
  const [command, ...args] = STEPS[/** @type {keyof typeof STEPS} */ (name)]();
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: "inherit" });
  console.log(`== ${name} ${status === 0 ? "passed" : "FAILED"} in ${Math.round((Date.now() - started) / 1000)} s`);
  if (status !== 0) failed.push(name);
}
console.log(`\nsteps: ${names.length - failed.length} passed, ${failed.length} failed`);
if (failed.length > 0) {
  console.error(`failed: ${failed.join(", ")}`);
  process.exit(1);
}
