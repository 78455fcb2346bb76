// `npm test`: sets up, then lints, then tests Rust, the JavaScript core on every Node, vinext apps end to end, and the
// shims in the runtime of Workers.

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { digestEnvironment, readDigests, reporterFlags } from "./digest.mjs";
import { buildApp, EXAMPLE, node24, ROOT, setup } from "./setup.mjs";

/** @type {Record<string, (folder: string) => string[]>} by name of a step, the command; digests of tests go to `folder` */
const STEPS = {
  lint: () => [process.execPath, "scripts/lint.mjs"],
  rust: () => ["cargo", "test", "--quiet", "--no-default-features"],
  js: () => [node24(), "scripts/test-js.mjs"],
  package: () => [process.execPath, "scripts/check-package.mjs"],
  workflows: () => [process.execPath, "scripts/check-workflows.mjs"],
  docs: (folder) => [node24(), "--test", ...reporterFlags("spec", folder), "__test__/docs/*.spec.mjs"],
  parity: () => [node24(), "scripts/parity.mjs", "--quick"],
  // One file at a time: each starts servers and counts on having the machine.
  e2e: (folder) => [
    node24(),
    "--test",
    ...reporterFlags("spec", folder),
    "--test-concurrency=1",
    "--test-timeout=600000",
    "__test__/e2e/*.spec.mjs",
  ],
  bundlers: (folder) => [
    node24(),
    "--test",
    // Turbopack's threads outlive the server that a spec has closed. It ends a file before tests that are defined after an
    // `await` at its top level, so the other steps go without.
    "--test-force-exit",
    ...reporterFlags("spec", folder),
    "--test-concurrency=1",
    "--test-timeout=300000",
    "__test__/bundlers/*.spec.mjs",
  ],
  workers: (folder) => [node24(), "--test", ...reporterFlags("spec", folder), "__test__/workerd/*.spec.mjs"],
  benchmark: () => [node24(), "scripts/bench.mjs"],
};

/** How much of a failed step is shown again if it has no digest. */
const TAIL_LINES = 40;

/** The longest step takes ten minutes. What hangs fails and is named, well before CI gives up on all of it. */
const STEP_MS = 20 * 60_000;

/** Processes that a step left behind hold its output open: it is not waited for longer than this. */
const OUTPUT_MS = 5_000;

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

await setup(["benchmark", "scripts/check-package", "__test__/frameworks"].map((folder) => join(ROOT, folder)));
buildApp({ directory: EXAMPLE, out: "dist-stock", stock: true });

/** @type {Array<{ name: string, digest: string }>} */
const failed = [];
const names = values.only === undefined ? Object.keys(STEPS) : [values.only];
for (const name of names) {
  console.log(`\n== ${name}`);
  const started = Date.now();
  const folder = mkdtempSync(join(tmpdir(), "onescope-digest-"));
  const { code, tail } = await run(STEPS[name](folder), digestEnvironment(folder));
  console.log(`== ${name} ${code === 0 ? "passed" : "FAILED"} in ${Math.round((Date.now() - started) / 1000)} s`);
  if (code !== 0) failed.push({ name, digest: readDigests(folder) || tail });
  rmSync(folder, { recursive: true });
}
console.log(`\nsteps: ${names.length - failed.length} passed, ${failed.length} failed`);
if (failed.length > 0) {
  console.error(`failed: ${failed.map(({ name }) => name).join(", ")}`);
  for (const { name, digest } of failed) console.error(`\n== what failed in ${name}\n${digest.trimEnd()}`);
  process.exitCode = 1;
}

/**
 * Runs a command, passing on what it prints, and ends it with all that it started if it takes too long.
 *
 * @param {string[]} command
 * @param {Record<string, string>} env
 * @returns {Promise<{ code: number | null, tail: string }>} `tail` is the end of what it printed
 */
function run([command, ...args], env) {
  return new Promise((resolve, reject) => {
    // A process group of its own, to end all of it.
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    /** @type {string[]} */
    let lines = [""];
    const keep = (/** @type {string} */ text) => {
      lines = `${lines.join("\n")}${text}`.split("\n").slice(-TAIL_LINES);
    };
    for (const [from, to] of /** @type {const} */ ([
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ])) {
      from.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
        to.write(text);
        keep(text);
      });
    }
    const kill = () => {
      try {
        process.kill(-(/** @type {number} */ (child.pid)), "SIGKILL");
      } catch {
        // All of it has ended.
      }
    };
    const interrupted = () => {
      kill();
      process.exit(130);
    };
    process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
    const deadline = setTimeout(() => {
      const { stdout } = spawnSync("ps", ["-eo", "pid,ppid,pgid,stat,etime,args"], { encoding: "utf8" });
      // Names of the kernel's own threads are in brackets.
      const processes = (stdout ?? "").split("\n").filter((line) => !/ \[.*\]$/.test(line));
      const text = `\nended: it took longer than ${STEP_MS / 60_000} minutes; running:\n${processes.join("\n")}`;
      process.stderr.write(text);
      keep(text);
      kill();
    }, STEP_MS);
    child.once("error", reject);
    child.once("exit", () => {
      clearTimeout(deadline);
      setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, OUTPUT_MS).unref();
    });
    child.once("close", (code) => {
      kill();
      process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
      resolve({ code, tail: lines.join("\n") });
    });
  });
}
