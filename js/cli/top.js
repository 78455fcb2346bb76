import { parseArgs } from "node:util";
import { ONESCOPE_TOKEN, TERM } from "../util/env.js";
import { live } from "./top/live.js";
import { plain } from "./top/plain.js";

export const summary = "shows what a server is at, live in the terminal";

const DEFAULT_URL = "http://127.0.0.1:9464";

const HELP = `usage: onescope top [URL] [options]

Asks the diagnostics server of a process what is in flight, which threads are blocked, since when and by which request, and
shows it in the terminal until you press q or Ctrl-C. URL is ${DEFAULT_URL} unless given. It goes on trying while
the server is gone.

Where the output is no terminal it prints plain text, once, or at each interval if --interval is given.

  --interval SECONDS   between two looks, at least 0.1; 1 unless given
  --limit COUNT        requests to ask for, the oldest; 100 unless given
  --once               print plain text once, also in a terminal
  --json               print JSON: once, or one line at each interval if --interval is given
  --token TOKEN        what the server asks for; other users of the machine can read it here, so rather set ONESCOPE_TOKEN
  --help

It ends with 1 if the server cannot be asked once, or asks for a token that was not given.`;

const DEFAULT_INTERVAL_MS = 1000;
const LEAST_INTERVAL_MS = 100;
const MOST_INTERVAL_MS = 2 ** 31 - 1;

/** Exit code of a command line that makes no sense. */
const MISUSE = 2;

/**
 * @param {string[]} args
 * @returns {Promise<number>} exit code
 */
export async function run(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      interval: { type: "string" },
      limit: { type: "string", default: "100" },
      once: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      token: { type: "string", default: ONESCOPE_TOKEN },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const { once, json, token } = values;
  const url = toUrl(positionals[0] ?? DEFAULT_URL);
  const intervalMs = values.interval === undefined ? undefined : Math.round(Number(values.interval) * 1000);
  const limit = Number(values.limit);
  const problem =
    (positionals.length > 1 && "there is one URL at most") ||
    (url === undefined && `"${positionals[0]}" is no URL of an HTTP server, such as ${DEFAULT_URL}`) ||
    (intervalMs !== undefined &&
      !(intervalMs >= LEAST_INTERVAL_MS && intervalMs <= MOST_INTERVAL_MS) &&
      `--interval is a number of seconds, at least ${LEAST_INTERVAL_MS / 1000}`) ||
    (!(Number.isSafeInteger(limit) && limit > 0) && "--limit is a whole number, at least 1") ||
    (once && intervalMs !== undefined && "--once and --interval exclude each other") ||
    (token !== undefined && !isToken(token) && "a token has printable ASCII characters only");
  if (problem || url === undefined) {
    console.error(`onescope top: ${problem}; see onescope top --help`);
    return MISUSE;
  }
  const server = { url, token, limit };
  if (process.stdout.isTTY && TERM !== "dumb" && !once && !json) {
    return live(server, intervalMs ?? DEFAULT_INTERVAL_MS);
  }
  return plain(server, { intervalMs, json });
}

/**
 * @param {string} text a URL, of which the scheme may be left out
 * @returns {URL | undefined} of a folder, so that paths go below it
 */
function toUrl(text) {
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") return undefined;
  url.search = "";
  url.hash = "";
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}

/** @param {string} token */
function isToken(token) {
  return /^[\x21-\x7e]+$/.test(token);
}
