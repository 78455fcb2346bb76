import { examine } from "./doctor/examine.js";
import { toText } from "./doctor/text.js";

export const summary = "checks what onescope runs on, and lists problems";

export const help = `usage: onescope doctor [--json]

Reports what onescope runs on in this folder, with this Node and these environment variables: versions, the backend and why
it is not native, how Node propagates async context and how scopes are entered, which storages are slots, the limits, and
which modules of the installed vinext the Vite plugin replaces. Node's flags take effect as in the app:

  NODE_OPTIONS="--import onescope/register" npx onescope doctor

  --json   print JSON
  --help

Exits with 1 if there is a problem, such as a required addon that does not load.`;

/** @type {import("node:util").ParseArgsOptionsConfig} */
export const options = { json: { type: "boolean" } };

/** @param {{ json?: boolean }} values */
export async function run({ json }) {
  const report = await examine(process.cwd());
  console.log(json ? JSON.stringify(report, null, 2) : toText(report));
  return report.problems.length === 0 ? 0 : 1;
}
