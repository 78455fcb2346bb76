import { loadNative } from "../store/native/load.js";
import { FLIGHTS } from "../util/options.js";
import { clean, escapeJson } from "../util/safe-text.js";
import { choose, UnreadableError } from "./last-flight/choose.js";
import { isoTime, toText } from "./last-flight/text.js";

export const summary = "shows what a process was at when it ended, from what it recorded";

export const help = `usage: onescope last-flight [DIR or FILE] [--json]

Shows what record() of onescope/inspect kept: which process it was, how and when it ended, which requests were in flight and
in which state, what each thread was at, the last stalls, and counters. Of the flight recordings in DIR it takes the newest
that has ended, or, if none has, the newest; DIR is ${FLIGHTS} unless given. A FILE can be of a process that still runs:
then it shows what is so now.

  --json   the same for programs
  --help

It ends with 1 if there is no recording, or FILE is no whole one; the message says why, under a stable code
(ERR_ONESCOPE_FLIGHT_…).`;

export const argument = "DIR or FILE";

/** @type {import("node:util").ParseArgsOptionsConfig} */
export const options = { json: { type: "boolean" } };

/**
 * @param {{ json?: boolean }} values
 * @param {string} [path]
 */
export async function run({ json }, path = FLIGHTS) {
  const { native, reasons } = loadNative();
  if (native?.recorder === undefined) {
    console.error(
      "ERR_ONESCOPE_BACKEND: the native addon reads flight recordings, and it does not load:\n" +
        reasons.map((reason) => `  - ${reason}`).join("\n"),
    );
    return 1;
  }
  try {
    const { skipped, ...found } = choose(native.recorder, path);
    for (const why of skipped) console.error(clean(`skipped: ${why}`));
    console.log(json ? escapeJson(JSON.stringify(toJson(found), null, 2)) : toText(found));
    return 0;
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    console.error(error.message);
    return 1;
  }
}

/**
 * @param {import("./last-flight/choose.js").Found} found
 * @returns {object} the same, flat, with times as ISO text
 */
function toJson({ file, live, flight }) {
  const { startedAtMs, lastAliveAtMs, stalls, ...rest } = flight;
  return {
    file,
    live,
    ...rest,
    startedAt: isoTime(startedAtMs),
    lastAliveAt: isoTime(lastAliveAtMs),
    stalls: stalls.map(({ atMs, report }) => ({ at: isoTime(atMs), ...report })),
  };
}
