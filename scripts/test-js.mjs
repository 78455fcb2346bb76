// Runs the JavaScript specs on every Node on both backends, and those of async context in both of Node's ways to carry it.
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
 * Specs of features, which do not depend on how Node carries async context. They run on each Node in its own way; the other
 * way shows nothing more, and most of the time of all specs is theirs. `--node` and `--spec` leave nothing out.
 */
const FEATURES =
  /\/(after-response|clock-wrap|diagnostics|doctor|hostile|inspect-|label-|last-flight|latency|opentelemetry|package|permission|recorder|runtimes|stall-|top|vite-|watch-|worker-ended)/;

/** Files at once: most of their time they wait. */
const CONCURRENCY = 2;

/** What hangs for this long fails and is named, well before CI gives up on all of it. */
const TEST_MS = 300_000;

let failed = 0;
for (const { name, path, flags, frames } of NODES) {
  if (values.node !== undefined && values.node !== name) continue;
  for (const backend of ["native", "js"]) {
    if (values.backend !== undefined && values.backend !== backend) continue;
    const otherWay = / with(out)? frames$/.test(name) && values.node === undefined && values.spec === "";
    // A backend holds records, and knows nothing of how context is carried.
    if (otherWay && backend === "js") continue;
    console.log(`\n# specs on Node ${name}, backend ${backend}`);
    const files = otherWay ? specs.filter((path) => !FEATURES.test(path)) : specs;
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
