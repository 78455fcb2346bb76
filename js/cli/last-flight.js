import { loadNative } from "../store/native/load.js";
import { FLIGHTS } from "../util/options.js";
import { clean, escapeJson } from "../util/safe-text.js";
import { choose, UnreadableError } from "./last-flight/choose.js";
import { isoTime, toText } from "./last-flight/text.js";

export const summary = "shows what a process was doing when it ended, from its flight recording";

export const help = `usage: onescope last-flight [PATH] [--json]

Shows a flight recording, made by record() of onescope/inspect: which process it was, how and when it ended, which requests were
in flight and in which state, what each thread was doing, the last stalls, and counters. PATH is a file, or a directory, of which
it reads the newest recording that has ended, or, if none has, the newest. The default is ${FLIGHTS}. A recording whose process is
still running shows its current state.

  --json   print JSON
  --help

Exits with 1 if there is no recording, or if it cannot be read. The message includes the cause and a stable code
(ERR_ONESCOPE_FLIGHT_…).`;

export const argument = "PATH";

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
      "ERR_ONESCOPE_BACKEND: reading a flight recording needs the native addon, which does not load:\n" +
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
