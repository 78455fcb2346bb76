// Runs the JavaScript specs: what RUNS lists, or everything on the Nodes and backends that the options name.
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

const FOLDERS = [
  ...["async-context", "store", "request", "shims", "tracking", "watchdog", "leaks", "recorder", "diagnostics"],
  ...["opentelemetry", "cli", "vite", "package"],
];

/** Their specs start many processes, and depend neither on the Node nor on the backend that runs the spec. */
const PROCESSES = ["auto", "ps"];

const specs = [...FOLDERS, ...PROCESSES]
  .flatMap((folder) =>
    readdirSync(`__test__/${folder}`).map((name) => ({ folder, path: `__test__/${folder}/${name}` })),
  )
  .filter(({ path }) => path.endsWith(".spec.mjs") && path.includes(values.spec));
if (specs.length === 0) throw new Error(`no spec below __test__ has "${values.spec}" in its path`);

/** Depends on Node most. What is built on it depends on it alone. */
const CORE = ["async-context", "store", "request", "shims"];

/** The core without the store: a record does not depend on how async context is propagated. */
const CONTEXT = CORE.filter((folder) => folder !== "store");

/** Features whose work depends on the version of Node: its http, its inspector, its threads. */
const OBSERVERS = ["tracking", "watchdog", "leaks", "recorder", "diagnostics"];

/**
 * What `npm test` runs. The native backend: the core on each Node, what depends on it in both of Node's ways to propagate async
 * context; what observes on the oldest and the newest, all other features once. A backend holds records and depends on neither,
 * so one Node is enough for the JavaScript one.
 *
 * @type {Record<string, string[]>} by Node and backend, folders
 */
const RUNS = {
  "22 native": [...CORE, ...OBSERVERS],
  "22 with frames native": CONTEXT,
  "24 native": [...FOLDERS.filter((folder) => !OBSERVERS.includes(folder)), ...PROCESSES],
  "24 js": FOLDERS,
  "24 without frames native": CONTEXT,
  "26 native": [...CORE, ...OBSERVERS],
  "26 without frames native": CONTEXT,
};

/** Files at once: most of their time they wait. */
const CONCURRENCY = 3;

/** What hangs for this long fails and is named, well before CI gives up on all of it. */
const TEST_MS = 300_000;

let failed = 0;
for (const { name, path, flags, frames } of NODES) {
  if (values.node !== undefined && values.node !== name) continue;
  for (const backend of ["native", "js"]) {
    if (values.backend !== undefined && values.backend !== backend) continue;
    // `--node` and `--spec` leave nothing out.
    const everything = values.node !== undefined || values.spec !== "";
    const folders = everything ? [...FOLDERS, ...PROCESSES] : RUNS[`${name} ${backend}`];
    if (folders === undefined) continue;
    const files = specs.filter(({ folder }) => folders.includes(folder)).map(({ path }) => path);
    console.log(`\n# specs on Node ${name}, backend ${backend}`);
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
