// `npm run bench` and `npm run bench:full`: runs the benchmarks of benchmark/, after the set-up.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { BENCHMARKS, FOLDER, minutesOf, optionsOf } from "./bench/benchmarks.mjs";
import { buildApp, EXAMPLE, node24, setup } from "./setup.mjs";

const HELP = `Runs the benchmarks, after the set-up that they need.

Usage: npm run bench [-- options]         each in short: that it runs, and that all variants read the same
       npm run bench:full [-- options]    measures everything, and writes JSON, Markdown and charts to benchmark/results

  --only NAME     only this one; repeatable. There are ${BENCHMARKS.join(", ")}
  --node PATH     bench:full: Node binary to measure on; repeatable. What is stored of other Nodes stays
  -- OPTIONS      passed on to each benchmark, such as --repetitions 3
  -h, --help      print this

A summary says what became of each. The exit code is 1 if one failed, or was not reached because of Ctrl+C; bench:full then prints
the command that measures the rest.
`;

const { values, positionals: passed } = parseArgs({
  allowPositionals: true,
  options: {
    full: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    node: { type: "string", multiple: true, default: [] },
    help: { type: "boolean", short: "h" },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const { full, only = BENCHMARKS, node } = values;
const unknown = only.filter((name) => !BENCHMARKS.includes(name));
if (unknown.length > 0 || (!full && node.length > 0)) {
  console.error(
    unknown.length > 0 ? `onescope: no benchmark "${unknown[0]}"; see --help` : "onescope: --node is for bench:full",
  );
  process.exit(2);
}
// What is no path may be a name that a benchmark knows.
const nodes = node.flatMap((path) => ["--node", existsSync(path) ? resolve(path) : path]);

await setup([FOLDER]);
buildApp({ directory: EXAMPLE, out: "dist-stock", stock: true });

/** After Ctrl+C, which ends the benchmark that runs, the summary still comes. */
let interrupted = false;
process.on("SIGINT", () => {
  interrupted = true;
});

/** @type {Array<{ name: string, outcome: string, seconds?: number }>} */
const outcomes = BENCHMARKS.filter((name) => !only.includes(name)).map((name) => ({ name, outcome: "not chosen" }));
/** @type {string[]} */
const missing = [];
const started = performance.now();
const chosen = BENCHMARKS.filter((name) => only.includes(name));
for (const [index, name] of chosen.entries()) {
  const began = performance.now();
  if (!interrupted) {
    const left = full ? `, about ${minutesLeft(chosen.slice(0, index), chosen.slice(index))} minutes left` : "";
    console.error(`[${index + 1}/${chosen.length}] ${name}${left}`);
  }
  const outcome = interrupted ? "not reached" : await (full ? measure(name) : check(name));
  if (!/^(written|ok)/.test(outcome)) missing.push(name);
  outcomes.push({ name, outcome, seconds: (performance.now() - began) / 1000 });
}
if (full && !interrupted && (await run(["charts.mjs"], "inherit")).code !== 0) {
  outcomes.push({ name: "charts", outcome: "FAILED" });
  process.exitCode = 1;
}
if (!full && values.only === undefined && !interrupted) {
  for (const script of ["record.mjs", "charts.mjs", "../scripts/try-vinext.mjs"]) {
    const { code } = await run([script, "--help"]);
    outcomes.push({ name: script, outcome: code === 0 ? "loads" : "FAILED" });
    if (code !== 0) process.exitCode = 1;
  }
}

const width = Math.max(...outcomes.map(({ name }) => name.length));
const lines = outcomes.map(({ name, outcome, seconds = 0 }) => {
  return `${name.padEnd(width)}  ${seconds < 1 ? "".padStart(7) : `${Math.round(seconds)} s`.padStart(7)}  ${outcome}`;
});
console.log(`\n${lines.join("\n")}`);
if (missing.length > 0) {
  process.exitCode = 1;
  const again = [
    ...missing.flatMap((name) => ["--only", name]),
    ...nodes,
    ...(passed.length > 0 ? ["--", ...passed] : []),
  ];
  if (full) console.error(`\nmeasure the rest: npm run bench:full -- ${again.join(" ")}`);
}

/**
 * At the pace of those that are done.
 *
 * @param {string[]} done
 * @param {string[]} left
 */
function minutesLeft(done, left) {
  const pace = done.length === 0 ? 1 : (performance.now() - started) / 60_000 / minutesOf(done);
  return Math.ceil(pace * minutesOf(left));
}

/**
 * @param {string} name
 * @returns {Promise<string>} what became of it
 */
async function measure(name) {
  const args = [`${name}.mjs`, "--write", ...optionsOf(name), ...nodes, ...passed];
  const { code } = await run(args, "inherit");
  if (code === 0) return `written to results/${name}.json and .md`;
  return interrupted ? "interrupted" : "FAILED";
}

/**
 * @param {string} name
 * @returns {Promise<string>}
 */
async function check(name) {
  const { code, stdout, stderr } = await run([`${name}.mjs`, "--quick", ...passed]);
  if (code === 0) return name === "calls" ? "ok" : "ok, all variants did the same";
  process.stderr.write(`${stdout}${stderr}`);
  return "FAILED";
}

/**
 * @param {string[]} args of Node, in the folder of the benchmarks
 * @param {"pipe" | "inherit"} [stderr] where it shows progress
 */
async function run(args, stderr = "pipe") {
  const child = spawn(node24(), args, { cwd: FOLDER, stdio: ["ignore", "pipe", stderr] });
  const output = Promise.all([text(child.stdout), child.stderr ? text(child.stderr) : ""]);
  const [code] = await once(child, "exit");
  const [out, err] = await output;
  return { code, stdout: out, stderr: err };
}
