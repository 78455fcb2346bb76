// Runs each benchmark for about a second: proves that it runs and that all variants read the same, measures nothing. What
// takes longer only prints its help, which proves that it loads.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./setup.mjs";

const cwd = join(ROOT, "benchmark");
for (const script of [
  "scopes.mjs",
  "context.mjs",
  "headers.mjs",
  "leaks.mjs",
  "replay.mjs",
  "inspect.mjs",
  "flight.mjs",
  "growth.mjs",
  "startup.mjs",
  "server.mjs",
]) {
  run(script, "--quick");
  console.log(`${script}: all variants read the same`);
}
for (const script of ["calls.mjs", "record.mjs", "../scripts/try-vinext.mjs"]) run(script, "--help");

/** @param {string[]} args of Node; the process ends here if that fails */
function run(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
  if (status === 0) return;
  console.error(`${args.join(" ")} failed\n${stdout}${stderr}`);
  process.exit(1);
}
