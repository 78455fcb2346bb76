// Runs the JavaScript specs on every Node, in both ways to carry async context, on both backends.
// usage: node scripts/test-js.mjs [--node "24"] [--backend native] [--spec slot-storage]

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { reporterFlags } from "./digest.mjs";
import { NODES } from "./nodes.mjs";

const { values } = parseArgs({
  options: {
    node: { type: "string" },
    backend: { type: "string" },
    spec: { type: "string", default: "" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(
    'usage: node scripts/test-js.mjs [--node "24 without frames"] [--backend native|js] [--spec part-of-name]',
  );
  process.exit(0);
}

const specs = readdirSync("__test__")
  .filter((name) => name.endsWith(".spec.mjs") && name.includes(values.spec))
  .map((name) => `__test__/${name}`);
if (specs.length === 0) throw new Error(`no spec in __test__ has "${values.spec}" in its name`);

/**
 * Specs that start programs and wait for them, which takes minutes for all Nodes. Each Node plays them, Node 22 in both of
 * its ways to carry async context; in the older way of the newer ones they would show nothing more.
 */
const SLOW = /\/(inspect-(watch|helper)|opentelemetry|top|top-server|recorder|diagnostics)\.spec/;

/** Files at once: most of their time they wait. */
const CONCURRENCY = 2;

/** What hangs for this long fails and is named, well before CI gives up on all of it. */
const TEST_MS = 300_000;

let failed = 0;
for (const { name, path, flags, frames } of NODES) {
  if (values.node !== undefined && values.node !== name) continue;
  for (const backend of ["native", "js"]) {
    if (values.backend !== undefined && values.backend !== backend) continue;
    console.log(`\n# specs on Node ${name}, backend ${backend}`);
    const isShort = name.endsWith("without frames") && values.spec === "";
    const files = isShort ? specs.filter((path) => !SLOW.test(path)) : specs;
    const limits = [`--test-timeout=${TEST_MS}`, `--test-concurrency=${CONCURRENCY}`];
    const args = [...flags, "--expose-gc", "--test", ...limits, ...reporterFlags("dot"), ...files];
    const { status } = spawnSync(path, args, {
      stdio: "inherit",
      env: { ...process.env, ONESCOPE_BACKEND: backend, TEST_FRAMES: String(frames), NODE_OPTIONS: "" },
    });
    if (status !== 0) failed++;
  }
}
if (failed > 0) {
  console.error(`${failed} of the runs failed`);
  process.exit(1);
}
