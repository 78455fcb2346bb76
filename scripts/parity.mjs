// `npm run parity`: proves that an app responds the same on onescope as on stock vinext. See USAGE.

import { join } from "node:path";
import { parseArgs } from "node:util";
import { VARIANTS } from "../__test__/_support/server.mjs";
import { compare } from "../__test__/parity/compare.mjs";
import { APP, build, MODES, serve, startOrigin } from "../__test__/parity/fixture.mjs";
import { runOn, scenarioNames } from "../__test__/parity/passes.mjs";
import { newSeed } from "../__test__/parity/random.mjs";
import { NODES, nodeNamed } from "./nodes.mjs";
import { ROOT } from "./setup.mjs";

const CONCURRENT = 500;
/** Development is slow: enough to interleave, for a test that runs often. */
const CONCURRENT_QUICK = { production: CONCURRENT, development: 75 };
const VARIANTS_QUICK = ["stock", "both"];

const USAGE = `usage: npm run parity -- [options]

Builds the fixture app with stock vinext and with onescope, serves it in every variant, holds the same conversations with each
server, first one after the other and then many at once, and compares what they say: status, headers and bodies, with ids
and times masked. In turn, each variant has to say what stock vinext says; at once, what it says in turn.

  --variant V    one of ${Object.keys(VARIANTS).join(", ")} (all); stock always runs, to compare with
  --mode M       ${MODES.join(" or ")} (both)
  --node N       one of ${NODES.map(({ name }) => name).join(", ")} (24)
  --only ROUTE   only scenarios with this in their name; "--only list" lists them
  --seed N       replays the delays of an earlier run (random, printed)
  --requests N   conversations at once (${CONCURRENT})
  --quick        in development, which is slow, only ${CONCURRENT_QUICK.development} at once, and only ${VARIANTS_QUICK.join(" and ")}
  --backend B    native or js (onescope's own choice)
  --release      with releaseOnClose() and trackLeaks()
  --app DIR      a copy of the fixture app
  --help`;

const { values } = parseArgs({
  options: {
    variant: { type: "string" },
    mode: { type: "string" },
    node: { type: "string", default: "24" },
    only: { type: "string" },
    seed: { type: "string" },
    requests: { type: "string" },
    backend: { type: "string" },
    release: { type: "boolean", default: false },
    app: { type: "string", default: APP },
    quick: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});

if (values.help) end(0, USAGE);
if (values.only === "list") end(0, scenarioNames().join("\n"));
if (values.variant !== undefined && !Object.hasOwn(VARIANTS, values.variant))
  end(2, `no variant "${values.variant}"\n\n${USAGE}`);
if (values.mode !== undefined && !MODES.some((mode) => mode === values.mode))
  end(2, `no mode "${values.mode}"\n\n${USAGE}`);
if (values.only !== undefined && !scenarioNames().some((name) => name.includes(values.only ?? "")))
  end(2, `no scenario has "${values.only}" in its name; there are:\n${scenarioNames().join("\n")}`);

const { app, backend, only } = values;
const preload = values.release ? join(ROOT, "__test__/_support/release-on-close.mjs") : undefined;
const node = nodeNamed(values.node);
const requests = values.requests === undefined ? undefined : Number(values.requests);
const seed = values.seed === undefined ? newSeed() : Number(values.seed);
if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(requests ?? 0))
  end(2, "--seed and --requests take whole numbers");
const variants = Object.keys(VARIANTS).filter(
  (variant) => variant === "stock" || values.variant === undefined || values.variant === variant,
);
const modes = MODES.filter((mode) => values.mode === undefined || values.mode === mode);

// Servers are stopped on exit.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));
if (modes.includes("production")) for (const variant of variants) build(variant, app);
console.log(`parity on Node ${node.name} (${node.path}), seed ${seed}`);

/** @type {Array<{ mode: string, variant: string, conversations: number, seconds: string, differences: number }>} */
const summary = [];
for (const mode of modes) {
  /** @type {import("../__test__/parity/passes.mjs").Conversation[]} */
  let stock = [];
  for (const variant of variants) {
    if (values.quick && mode === "development" && !VARIANTS_QUICK.includes(variant)) continue;
    stock = await check(mode, variant, stock);
  }
}
console.table(summary);
const failed = summary.filter(({ differences }) => differences > 0);
if (failed.length > 0) end(1, `parity: ${failed.length} of ${summary.length} differ; replay with --seed ${seed}`);
console.log("parity: all variants respond the same");

/**
 * Serves the app in one variant, and reports what differs.
 *
 * @param {import("../__test__/parity/fixture.mjs").Mode} mode
 * @param {string} variant
 * @param {import("../__test__/parity/passes.mjs").Conversation[]} stock what stock vinext said in turn
 * @returns {Promise<typeof stock>} what stock vinext said in turn
 */
async function check(mode, variant, stock) {
  const started = performance.now();
  const web = await startOrigin();
  const server = await serve({ node, variant, mode, origin: web.origin, backend, preload, app });
  try {
    const run = runOn({ origin: server.origin, mode, seed, only });
    // The first request for a module makes Vite transform it, which changes what the responses around it say.
    if (mode === "development") await run.sequential();
    const sequential = await run.sequential();
    const base = variant === "stock" ? sequential : stock;
    const reports = compare(base, sequential, { expected: "stock in turn", actual: `${variant} in turn` });
    const concurrent = await run.concurrent(requests ?? (values.quick ? CONCURRENT_QUICK[mode] : CONCURRENT));
    reports.push(...compare(sequential, concurrent, { expected: `${variant} in turn`, actual: `${variant} at once` }));
    if (/\[onescope\]|the server ended with/.test(server.output()))
      reports.unshift(`server:\n${server.output().slice(-4000)}`);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const conversations = sequential.length + concurrent.length;
    summary.push({ mode, variant, conversations, seconds, differences: reports.length });
    console.log(`${mode}, ${variant}: ${reports.length === 0 ? "same" : "DIFFERS"} (${conversations}, ${seconds} s)`);
    for (const report of reports) console.log(`\n--- ${mode}, ${variant}: ${report}\n`);
    return base;
  } finally {
    await server.stop();
    web.stop();
  }
}

/**
 * @param {number} code
 * @param {string} text
 * @returns {never}
 */
function end(code, text) {
  if (code === 0) console.log(text);
  else console.error(text);
  process.exit(code);
}
