// Runs each benchmark for about a second: proves that it runs and that all sides answer the same, measures nothing.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./setup.mjs";

const cwd = join(ROOT, "benchmark");
for (const script of ["scopes.mjs", "context.mjs", "headers.mjs", "replay.mjs"]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, "--quick"], { cwd, encoding: "utf8" });
  if (status !== 0) {
    console.error(`${stdout}${stderr}`);
    process.exit(1);
  }
  console.log(`${script}: all sides read the same`);
}
