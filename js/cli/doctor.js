import { statSync } from "node:fs";
import { resolve } from "node:path";
import { escapeJson } from "../util/safe-text.js";
import { examine } from "./doctor/examine.js";
import { toText } from "./doctor/text.js";

export const summary = "says what onescope does in an app, and lists problems";

export const help = `usage: onescope doctor [FOLDER] [--json]

The first line says what is on in the app of FOLDER, by default the current one: by its package.json and configurations, its
builds, what starts it, and its running processes. Then come the problems, each with what to do, and what onescope runs on here: the
addon and why it does not load, how Node propagates async context, which storages are slots, the limits, and which modules of the
installed vinext the Vite plugin replaces. Node's flags take effect as in the app:

  NODE_OPTIONS="--import onescope/register" npx onescope doctor

  --json   print JSON
  --help

Exits with 1 if there is a problem.`;

export const argument = "FOLDER";

/** @type {import("node:util").ParseArgsOptionsConfig} */
export const options = { json: { type: "boolean" } };

/**
 * @param {{ json?: boolean }} values
 * @param {string} [folder]
 */
export async function run({ json }, folder = ".") {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return `there is no folder ${folder}`;
  const report = await examine(resolve(folder));
  console.log(json ? escapeJson(JSON.stringify(report, null, 2)) : toText(report));
  return report.problems.length === 0 ? 0 : 1;
}
