// Format, lint and types of both languages. Anything found is an error.

import { spawn } from "node:child_process";

const JAVASCRIPT = [
  ["node_modules/@biomejs/cli-linux-x64/biome", "check", "--error-on-warnings", "."],
  ["node_modules/.bin/tsc", "-p", "."],
  // vinext's declarations name packages that an app has and we have not, so they are used here but not checked.
  ["node_modules/.bin/tsc", "-p", "tsconfig.shims.json"],
  ["node", "scripts/api-docs.mjs", "--check"],
  ["node", "scripts/notices.mjs", "--check"],
];
const RUST = [
  ["node", "scripts/check-rust-imports.mjs"],
  ["cargo", "fmt", "--check"],
  ["cargo", "clippy", "--quiet", "--all-targets", "--", "--deny", "warnings"],
  ["cargo", "clippy", "--quiet", "--all-targets", "--no-default-features", "--", "--deny", "warnings"],
  ["node", "scripts/generate.mjs", "--check"],
];

// Side by side: Cargo's checks use one core for most of their time.
const failed = (await Promise.all([JAVASCRIPT, RUST].map(runInTurn))).reduce((sum, count) => sum + count);
if (failed > 0) {
  console.error(`${failed} of ${JAVASCRIPT.length + RUST.length} checks failed`);
  process.exit(1);
}

/**
 * @param {string[][]} checks commands
 * @returns {Promise<number>} how many of them failed
 */
async function runInTurn(checks) {
  let failed = 0;
  for (const [command, ...args] of checks) {
    console.log(`# ${[command.split("/").at(-1), ...args].join(" ")}`);
    const child = spawn(command, args, { stdio: "inherit" });
    const status = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
    if (status !== 0) failed++;
  }
  return failed;
}
