import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./run.mjs";

// Bun and Deno for specs. They are 100 MB each, so npm installs them only for a run that needs them, into a folder of their
// own that git ignores.

const FOLDER = join(ROOT, "__test__/.runtimes");
const PACKAGES = { "@oven/bun-linux-x64-baseline": "1.4.5", "@deno/linux-x64-glibc": "2.9.6" };

const binary = (/** @type {string} */ path) => join(FOLDER, "node_modules", path);

export const BUN = binary("@oven/bun-linux-x64-baseline/bin/bun");
export const DENO = binary("@deno/linux-x64-glibc/deno");

/** Why specs on these runtimes are skipped; `false` if they run. */
export const skipRuntimes =
  process.env.TEST_RUNTIMES === "1" ? false : "they need Bun and Deno, 200 MB to download once: npm run test:runtimes";

/** Has npm install the runtimes that are not there yet. */
export function installRuntimes() {
  if (existsSync(BUN) && existsSync(DENO)) return;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, "package.json"), JSON.stringify({ private: true }));
  const packages = Object.entries(PACKAGES).map(([name, version]) => `${name}@${version}`);
  execFileSync("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", ...packages], {
    cwd: FOLDER,
    stdio: "inherit",
  });
}
