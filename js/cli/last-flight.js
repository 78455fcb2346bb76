import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { loadNative } from "../store/native/load.js";
import { clean, escapeJson } from "../util/safe-text.js";
import { toJson } from "./last-flight/json.js";
import { toText } from "./last-flight/text.js";

export const summary = "shows what a process was at when it ended, from what it recorded";

const HELP = `usage: onescope last-flight FILE [--json]

Shows what record() of onescope/inspect kept in FILE: which process it was, how and when it ended, which requests were in
flight and in which state, what each thread was at, the last stalls, and counters. FILE is the newest flight, FILE.1 the one
before. The process may still run: then it shows what is so now.

  --json   the same for programs
  --help

It ends with 1 if FILE is no whole flight; the message says why, under a stable code (ERR_ONESCOPE_FLIGHT_…).`;

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
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) {
    console.error(`onescope last-flight takes one FILE, not ${positionals.length}; see onescope last-flight --help`);
    return 2;
  }
  const { native, reasons } = loadNative();
  if (native?.recorder === undefined) {
    console.error(
      "ERR_ONESCOPE_BACKEND: the native addon reads flights, and it does not load:\n" +
        reasons.map((reason) => `  - ${reason}`).join("\n"),
    );
    return 1;
  }
  /** @type {import("../store/native/contract.js").Flight} */
  let flight;
  try {
    flight = JSON.parse(native.recorder.readFlight(path));
  } catch (error) {
    const { code, message } = /** @type {Error & { code: string }} */ (error);
    if (!String(code).startsWith("ERR_ONESCOPE_")) throw error;
    console.error(`${code}: ${message}`);
    return 1;
  }
  if (values.json) console.log(escapeJson(JSON.stringify(toJson(flight), null, 2)));
  else console.log(toText(flight) + others(path));
  return 0;
}

/**
 * @param {string} path
 * @returns {string} names the flights of processes that found `path` taken
 */
function others(path) {
  const start = `${basename(path)}-`;
  const isOne = (/** @type {string} */ name) => name.startsWith(start) && /^\d+$/.test(name.slice(start.length));
  try {
    const found = readdirSync(dirname(path)).filter(isOne);
    return found.length === 0
      ? ""
      : `\n\nother processes: ${found.map((name) => clean(join(dirname(path), name))).join(", ")}`;
  } catch {
    return "";
  }
}
