import { ONESCOPE_TOKEN, TERM } from "../util/env.js";
import { LOOPBACK, MOST_MS, PORT } from "../util/options.js";
import { pidIn, serving, servingList } from "./processes.js";
import { live } from "./top/live.js";
import { plain } from "./top/plain.js";

export const summary = "shows the requests in flight of a process, live in the terminal";

const DEFAULT_URL = `http://${LOOPBACK}:${PORT}`;

export const help = `usage: onescope top [URL or PID] [options]

Shows the requests in flight of a process, its blocked threads, for how long they have been blocked and by which request, until
you press q or Ctrl-C. The data comes from the process's diagnostics server. Without URL or PID, top takes the process that onescope
ps lists, and lists them if there are several; if there is none, it takes ${DEFAULT_URL}. While the server is unreachable,
top retries.

If stdout is not a terminal, top prints plain text once, or at each interval with --interval.

  --interval SECONDS   time between updates, at least 0.1 (default 1)
  --limit COUNT        number of requests to list, oldest first (default 100)
  --slow               list the slowest requests of the last 10 minutes instead; the key s switches
  --once               print plain text once, also in a terminal
  --json               print JSON: once, or one line at each interval with --interval
  --token TOKEN        the server's token; other users of the machine can see it in the process list: prefer ONESCOPE_TOKEN
  --help

Exits with 1 if the server is unreachable (when printing once), if it requires another token, if another process than PID responds,
or if there are several to choose from.`;

export const argument = "URL or PID";

/** @type {import("node:util").ParseArgsOptionsConfig} */
export const options = {
  interval: { type: "string" },
  limit: { type: "string", default: "100" },
  slow: { type: "boolean" },
  once: { type: "boolean" },
  json: { type: "boolean" },
  token: { type: "string" },
};

const DEFAULT_INTERVAL_MS = 1000;
const LEAST_INTERVAL_MS = 100;

/**
 * @param {{ interval?: string, limit: string, slow?: boolean, once?: boolean, json?: boolean, token?: string }} values
 * @param {string} [given]
 */
export async function run({ interval, limit, slow = false, once = false, json = false, token }, given) {
  const pid = pidIn(given);
  const url = pid === undefined ? toUrl(given ?? DEFAULT_URL) : undefined;
  if (pid === undefined && url === undefined) return `"${given}" is not an HTTP URL such as ${DEFAULT_URL}`;
  const intervalMs = interval === undefined ? undefined : Math.round(Number(interval) * 1000);
  if (intervalMs !== undefined && !(intervalMs >= LEAST_INTERVAL_MS && intervalMs <= MOST_MS))
    return `--interval must be a number of seconds, at least ${LEAST_INTERVAL_MS / 1000}`;
  if (!(Number.isSafeInteger(Number(limit)) && Number(limit) > 0)) return "--limit must be an integer, at least 1";
  if (once && intervalMs !== undefined) return "--once and --interval cannot be used together";
  const givenToken = token ?? ONESCOPE_TOKEN;
  if (givenToken !== undefined && !/^[\x21-\x7e]+$/.test(givenToken))
    return "--token must be printable ASCII without spaces";
  const found = given === undefined || pid !== undefined ? serving(pid) : [];
  if (found.length > 1) return fail(servingList(found));
  if (pid !== undefined && found.length === 0)
    return fail(`process ${pid} of this user has no diagnostics server; onescope ps lists those that have one`);
  const [own] = found;
  const server = {
    url: own?.url ?? /** @type {URL} */ (url),
    token: token ?? own?.token ?? ONESCOPE_TOKEN,
    limit: Number(limit),
    slow,
    // One that was not chosen by its id is followed over restarts.
    pid,
  };
  if (process.stdout.isTTY && TERM !== "dumb" && !once && !json) {
    return live(server, intervalMs ?? DEFAULT_INTERVAL_MS);
  }
  return plain(server, { intervalMs, json });
}

/** @param {string} message */
function fail(message) {
  console.error(`onescope top: ${message}`);
  return 1;
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
