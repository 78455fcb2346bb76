import { parseArgs } from "node:util";
import { ONESCOPE_TOKEN, TERM } from "../util/env.js";
import { live } from "./top/live.js";
import { plain } from "./top/plain.js";

export const summary = "shows the requests in flight of a process, live in the terminal";

const DEFAULT_URL = "http://127.0.0.1:9464";

const HELP = `usage: onescope top [URL] [options]

Shows the requests in flight of a process, its blocked threads, for how long they have been blocked and by which request, until
you press q or Ctrl-C. The data comes from the process's diagnostics server; URL defaults to ${DEFAULT_URL}. While
the server is unreachable, top retries.

If stdout is not a terminal, top prints plain text once, or at each interval with --interval.

  --interval SECONDS   time between updates, at least 0.1 (default 1)
  --limit COUNT        number of requests to list, oldest first (default 100)
  --once               print plain text once, also in a terminal
  --json               print JSON: once, or one line at each interval with --interval
  --token TOKEN        the server's token; other users of the machine can see it in the process list: prefer ONESCOPE_TOKEN
  --help

Exits with 1 if the server is unreachable (when printing once), or if it requires another token.`;

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
    (positionals.length > 1 && "expected at most one URL") ||
    (url === undefined && `"${positionals[0]}" is not an HTTP URL such as ${DEFAULT_URL}`) ||
    (intervalMs !== undefined &&
      !(intervalMs >= LEAST_INTERVAL_MS && intervalMs <= MOST_INTERVAL_MS) &&
      `--interval must be a number of seconds, at least ${LEAST_INTERVAL_MS / 1000}`) ||
    (!(Number.isSafeInteger(limit) && limit > 0) && "--limit must be an integer, at least 1") ||
    (once && intervalMs !== undefined && "--once and --interval cannot be used together") ||
    (token !== undefined && !isToken(token) && "--token must be printable ASCII without spaces");
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
