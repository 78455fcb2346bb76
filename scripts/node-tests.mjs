// `npm run node-tests`: runs Node's own tests of AsyncLocalStorage, stock and under `--import onescope/register`.

import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { NODES, nodeNamed } from "./nodes.mjs";
import { ROOT } from "./setup.mjs";

const USAGE = `usage: npm run node-tests -- --tests DIR [--node NAME] [--backend native|js]

  --tests DIR       the folder \`test\` of a checkout of Node, which has common/, parallel/ and async-hooks/
  --node NAME       run only ${NODES.map(({ name }) => `"${name}"`).join(", ")}
  --backend NAME    run only this backend of onescope

Runs each test on each Node: stock, and with onescope/register on both backends. A test that passes stock and fails with
register is run once more, alone; if it fails again it is listed, and the command exits with 1. A test that fails stock does
not count: it may be for another version of Node.`;

/** Folders of `test`, and the names of the tests in them. */
const TESTS = {
  parallel: /^test-(async-local-storage-.*|als-defaultvalue.*|http2-async-local-storage)\.m?js$/,
  "async-hooks": /^test-async-local-storage-.*\.m?js$/,
};

const TIMEOUT_MS = 60_000;
/** Lines of a failed test's stderr to show. */
const SHOWN_LINES = 12;

const { values } = parseArgs({
  options: {
    tests: { type: "string" },
    node: { type: "string" },
    backend: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
if (values.tests === undefined) {
  console.error(USAGE);
  process.exit(2);
}

const folder = resolve(values.tests);
const files = Object.entries(TESTS).flatMap(([name, pattern]) => {
  const path = join(folder, name);
  return existsSync(path)
    ? readdirSync(path)
        .filter((file) => pattern.test(file))
        .map((file) => `${name}/${file}`)
    : [];
});
if (files.length === 0) {
  console.error(
    `onescope: no tests of AsyncLocalStorage in ${folder}; --tests takes the folder \`test\` of a checkout of Node`,
  );
  process.exit(2);
}

const nodes = values.node === undefined ? NODES : [nodeNamed(values.node)];
const backends = values.backend === undefined ? ["native", "js"] : [values.backend];
const REGISTER = ["--import", pathToFileURL(join(ROOT, "js/register.js")).href];

/** @typedef {{ passed: boolean, how: string, stderr: string }} Outcome */
/** @typedef {{ node: string, backend: string, file: string, outcome: Outcome }} Difference */

/** @type {Difference[]} */
const failures = [];
/** @type {string[]} */
const fixed = [];
console.log(`${files.length} tests of ${folder}\n`);
const header = ["Node", "stock", ...backends.map((name) => `register, ${name}`)];
console.log(`| ${header.join(" | ")} |\n|${"---|".repeat(header.length)}`);
for (const node of nodes) {
  const stock = await inParallel(files, (file) => run(node, file, undefined));
  const row = [node.name, count(stock)];
  for (const backend of backends) {
    const registered = await inParallel(files, (file) => run(node, file, backend));
    for (const [index, file] of files.entries()) {
      const where = { node: node.name, backend, file };
      if (!stock[index].passed && registered[index].passed) fixed.push(`${file} on Node ${node.name}, ${backend}`);
      if (!stock[index].passed || registered[index].passed) continue;
      registered[index] = await run(node, file, backend);
      if (!registered[index].passed) failures.push({ ...where, outcome: registered[index] });
    }
    row.push(count(registered));
  }
  console.log(`| ${row.join(" | ")} |`);
}

for (const each of fixed) console.log(`\nfails stock, passes with register: ${each}`);
for (const { node, backend, file, outcome } of failures) {
  const lines = outcome.stderr.trim().split("\n").slice(0, SHOWN_LINES);
  console.error(`\npasses stock, fails with register: ${file} on Node ${node}, ${backend}: ${outcome.how}`);
  console.error(lines.map((line) => `  ${line}`).join("\n"));
}
console.log(`\n${failures.length} tests pass stock and fail with register`);
process.exitCode = failures.length > 0 ? 1 : 0;

/** @param {Outcome[]} outcomes */
function count(outcomes) {
  return `${outcomes.filter(({ passed }) => passed).length} of ${outcomes.length} pass`;
}

/** @param {string} file @returns {string[]} what its lines `// Flags:` list, as Node's own runner reads them */
function flagsOf(file) {
  const text = readFileSync(join(folder, file), "utf8");
  return [...text.matchAll(/^\/\/ Flags:(.*)$/gm)].flatMap(([, flags]) => flags.split(/\s+/).filter(Boolean));
}

/**
 * @param {(typeof NODES)[number]} node
 * @param {string} file
 * @param {string | undefined} backend `undefined`: without onescope
 * @returns {Promise<Outcome>}
 */
function run(node, file, backend) {
  return new Promise((done, failed) => {
    // A test's own flags come last: some choose how async context travels.
    const args = [...node.flags, ...(backend === undefined ? [] : REGISTER), ...flagsOf(file), join(folder, file)];
    const child = spawn(node.path, args, {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: "", ONESCOPE_BACKEND: backend },
      stdio: ["ignore", "ignore", "pipe"],
      timeout: TIMEOUT_MS,
      killSignal: "SIGKILL",
    });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (/** @type {string} */ text) => (stderr += text));
    child.once("error", failed);
    child.once("close", (code, signal) => done({ passed: code === 0, how: signal ?? `exit code ${code}`, stderr }));
  });
}

/**
 * @template T, R
 * @param {T[]} items
 * @param {(item: T) => Promise<R>} work
 * @returns {Promise<R[]>}
 */
async function inParallel(items, work) {
  /** @type {R[]} */
  const results = [];
  let next = 0;
  const take = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index]);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, take));
  return results;
}
