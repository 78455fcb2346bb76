// Format, lint and types of both languages. Anything found is an error.

import { spawnSync } from "node:child_process";

const CHECKS = [
  ["node_modules/@biomejs/cli-linux-x64/biome", "check", "--error-on-warnings", "."],
  ["node_modules/.bin/tsc", "-p", "."],
  // vinext's declarations name packages that an app has and we have not, so they are used here but not checked.
  ["node_modules/.bin/tsc", "-p", "tsconfig.shims.json"],
  ["node", "scripts/check-rust-imports.mjs"],
  ["node", "scripts/api-docs.mjs", "--check"],
  ["cargo", "fmt", "--check"],
  ["cargo", "clippy", "--quiet", "--all-targets", "--", "--deny", "warnings"],
  ["cargo", "clippy", "--quiet", "--all-targets", "--no-default-features", "--", "--deny", "warnings"],
  ["node", "scripts/generate.mjs", "--check"],
];

const failed = CHECKS.filter(([command, ...args]) => {
  console.log(`# ${[command.split("/").at(-1), ...args].join(" ")}`);
  return spawnSync(command, args, { stdio: "inherit" }).status !== 0;
});
if (failed.length > 0) {
  console.error(`${failed.length} of ${CHECKS.length} checks failed`);
  process.exit(1);
}
