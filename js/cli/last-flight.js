import { parseArgs } from "node:util";
import { DIRECTORY } from "../recorder/directory.js";
import { loadNative } from "../store/native/load.js";
import { clean, escapeJson } from "../util/safe-text.js";
import { choose, UnreadableError } from "./last-flight/choose.js";
import { toJson } from "./last-flight/json.js";
import { toText } from "./last-flight/text.js";

export const summary = "shows what a process was at when it ended, from what it recorded";

const HELP = `usage: onescope last-flight [DIR or FILE] [--json]

Shows what record() of onescope/inspect kept: which process it was, how and when it ended, which requests were in flight and
in which state, what each thread was at, the last stalls, and counters. Of the flight recordings in DIR it takes the newest
that has ended, or, if none has, the newest; DIR is ${DIRECTORY} unless given. A FILE can be of a process that still runs:
then it shows what is so now.

  --json   the same for programs
  --help

It ends with 1 if there is no recording, or FILE is no whole one; the message says why, under a stable code
(ERR_ONESCOPE_FLIGHT_…).`;

/**
 * @param {string[]} args
 * @returns {Promise<number>} exit code
 */
export async function run(args) {
  const { values, positionals } = parseArgs({
    args,
    options: { json: { type: "boolean", default: false }, help: { type: "boolean", short: "h", default: false } },
    allowPositionals: true,
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  if (positionals.length > 1) {
    const given = positionals.length;
    console.error(`onescope last-flight takes one DIR or FILE, not ${given}; see onescope last-flight --help`);
    return 2;
  }
  const { native, reasons } = loadNative();
  if (native?.recorder === undefined) {
    console.error(
      "ERR_ONESCOPE_BACKEND: the native addon reads flight recordings, and it does not load:\n" +
        reasons.map((reason) => `  - ${reason}`).join("\n"),
    );
    return 1;
  }
  try {
    const { skipped, ...found } = choose(native.recorder, positionals[0] ?? DIRECTORY);
    for (const why of skipped) console.error(clean(`skipped: ${why}`));
    console.log(values.json ? escapeJson(JSON.stringify(toJson(found), null, 2)) : toText(found));
    return 0;
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    console.error(error.message);
    return 1;
  }
}
