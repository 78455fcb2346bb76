// Installs packed archives into an empty folder, and tries the addon of the machine that it runs on. Needs nothing but Node and
// npm, so that it runs in a container that has only those.
// usage: node scripts/release/try.mjs [packed/]

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { hostPlatform } from "../platforms/addons.mjs";

const folder = resolve(process.argv[2] ?? join(import.meta.dirname, "../../packed"));
const { name: platform } = hostPlatform();
const names = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
const main = names.find((name) => /^onescope-\d/.test(name));
const addon = names.find((name) => name.startsWith(`onescope-${platform}-`));
if (main === undefined || addon === undefined) {
  throw new Error(`${folder} has no archive of ${main === undefined ? "onescope" : `@onescope/${platform}`}`);
}

const app = mkdtempSync(join(tmpdir(), "onescope-try-"));
try {
  writeFileSync(join(app, "package.json"), JSON.stringify({ private: true, type: "module" }));
  // npm on Windows is a script, which only a shell starts.
  const shell = process.platform === "win32";
  const archives = [main, addon].map((name) => join(folder, name));
  execFileSync("npm", ["install", "--no-audit", "--no-fund", ...archives], { cwd: app, stdio: "inherit", shell });
  copyFileSync(join(import.meta.dirname, "try/app.mjs"), join(app, "app.mjs"));
  const env = { ...process.env, NODE_OPTIONS: "", ONESCOPE_BACKEND: "native" };
  for (const flags of [[], ["--import", "onescope/register"]]) {
    execFileSync(process.execPath, [...flags, "app.mjs"], { cwd: app, env, stdio: "inherit", timeout: 60_000 });
  }
  const command = join(app, "node_modules/onescope/bin/onescope.mjs");
  execFileSync(process.execPath, [command, "doctor"], { cwd: app, env, stdio: "inherit" });
  console.log(`onescope: ${main} and ${addon} work on ${platform}, Node ${process.version}`);
} finally {
  rmSync(app, { recursive: true, force: true });
}
