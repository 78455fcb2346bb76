import { examine } from "./doctor/examine.js";
import { toText } from "./doctor/text.js";

export const summary = "says what onescope runs on here, and what is wrong";

export const help = `usage: onescope doctor [--json]

Says what onescope runs on in this folder, on this Node and with these environment variables: versions, the backend and why
it is not the native one, how async context travels and how scopes are entered, which storages are slots, the limits, and
what is swapped of the vinext that is installed here. Flags of Node count as in the app:

  NODE_OPTIONS="--import onescope/register" npx onescope doctor

  --json   the same for programs
  --help

It ends with 1 if something is wrong, such as a native backend that was asked for and does not load.`;

/** @type {import("node:util").ParseArgsOptionsConfig} */
export const options = { json: { type: "boolean" } };

/** @param {{ json?: boolean }} values */
export async function run({ json }) {
  const report = await examine(process.cwd());
  console.log(json ? JSON.stringify(report, null, 2) : toText(report));
  return report.problems.length === 0 ? 0 : 1;
}
