import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import { loadNative } from "../store/native/load.js";
import { CODES, OnescopeError } from "../util/errors.js";
import { FLIGHTS } from "../util/options.js";
import { escapeJson } from "../util/safe-text.js";
import { choose } from "./last-flight/choose.js";
import { isoTime, toText } from "./last-flight/text.js";
import { pidIn, recorded, recordedList } from "./processes.js";
import { cleanLine } from "./text.js";

export const summary = "shows what a process was doing when it ended, from its flight recording";

export const help = `usage: onescope last-flight [PATH or PID] [--json]

Shows a flight recording, made by record() of onescope/inspect: which process it was, how and when it ended, which requests were
in flight and in which state, what each thread was doing, the last stalls, and counters. PATH is a file, or a directory, of which
it reads the newest recording that has ended, or, if none has, the newest. Without PATH or PID, it reads ${FLIGHTS}, or, if that has
no recording, the only directory into which this user's processes on this machine have recorded; if there are several, it lists
them. A recording whose process is still running shows its current state.

  --json   print JSON
  --help

Exits with 1 if there is no recording, or if it cannot be read. The message includes the cause and a stable code
(ERR_ONESCOPE_FLIGHT_…).`;

export const argument = "PATH or PID";

/** @type {import("node:util").ParseArgsOptionsConfig} */
export const options = { json: { type: "boolean" } };

/**
 * @param {{ json?: boolean }} values
 * @param {string} [given]
 */
export async function run({ json }, given) {
  const { native, reasons } = loadNative();
  if (native?.recorder === undefined) {
    const causes = reasons.map((reason) => `\n  - ${reason}`).join("");
    throw new OnescopeError(
      CODES.BACKEND,
      `reading a flight recording needs the native addon, which does not load:${causes}`,
    );
  }
  const { skipped, ...found } = choose(native.recorder, pathOf(given));
  for (const { code, message } of skipped) console.error(cleanLine(`skipped: ${code}: ${message}`));
  console.log(json ? escapeJson(JSON.stringify(toJson(found), null, 2)) : toText(found));
  return 0;
}

/**
 * @param {string | undefined} given a path, a process id, or nothing
 * @returns {string} of a file, or of a directory
 * @throws {OnescopeError} where there is not exactly one
 */
function pathOf(given) {
  const pid = pidIn(given);
  if (given !== undefined && pid === undefined) return given;
  if (given === undefined && hasRecordings(FLIGHTS)) return FLIGHTS;
  const found = recorded(pid);
  const files = found.map(({ recording }) => /** @type {string} */ (recording));
  if (pid !== undefined && files.length > 0) return files[0];
  const [directory, ...others] = new Set(files.map((file) => dirname(file)));
  if (others.length > 0) throw new OnescopeError(CODES.FLIGHT_AMBIGUOUS, recordedList(found));
  if (directory !== undefined) return directory;
  const none = pid === undefined ? `no flight recording in ${FLIGHTS}, and` : `no flight recording of process ${pid}:`;
  throw new OnescopeError(
    "ERR_ONESCOPE_FLIGHT_UNREADABLE",
    `${none} none is registered by this user's processes; pass the directory or file of one`,
  );
}

/** @param {string} directory */
function hasRecordings(directory) {
  try {
    return readdirSync(directory).some((name) => name.endsWith(".flight"));
  } catch {
    return false;
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
