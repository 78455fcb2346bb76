import { clean } from "../text.js";

/** @import { StallEndReport, StallReport } from "../../inspect.js" */

/** How long a server may take to respond. It responds in milliseconds, also while its JavaScript is blocked. */
const TIMEOUT_MS = 5000;

/**
 * @typedef {object} Server
 * @property {URL} url
 * @property {string | undefined} token
 * @property {number} limit how many requests to list
 * @property {number | undefined} pid the process that has to respond; any if undefined
 */

/** @typedef {{ ended?: AbortSignal | undefined, timeoutMs?: number }} GetOptions `ended` aborts the request */

/**
 * @typedef {object} Thread
 * @property {number} thread
 * @property {number | null} blockedMs 0 while its event loop turns, `null` if it writes no heartbeats
 * @property {Suspect | null} suspect what blocks it, if known
 */

/** @typedef {Pick<StallReport, "confidence" | "request" | "call">} Suspect */

/** @typedef {(StallReport | StallEndReport) & { at: string }} Stall */

/**
 * @typedef {object} Snapshot the state of a process at one moment
 * @property {number} pid
 * @property {string} now the server's time, ISO 8601
 * @property {Thread[]} threads
 * @property {number} total requests in flight
 * @property {import("../../../index.js").ContextInfo[]} inFlight the oldest of them
 * @property {Stall[]} stalls the latest, newest last
 * @property {Record<string, unknown>} counters
 */

/** The server did not respond, or not with what was expected. */
export class FetchError extends Error {
  /**
   * @param {string} message names the cause and the way out
   * @param {{ final?: boolean }} [options] `final`: a retry cannot help
   */
  constructor(message, { final = false } = {}) {
    super(message);
    this.final = final;
  }
}

/**
 * Fetches a snapshot from a diagnostics server.
 *
 * @param {Server} server
 * @param {AbortSignal} [ended] aborts the requests
 * @returns {Promise<Snapshot>}
 * @throws {FetchError}
 */
export async function fetchSnapshot(server, ended) {
  const [list, { stalls }, counters] = await Promise.all([
    getInFlight(server, { ended }),
    getJson(server, "stalls", { ended }),
    getJson(server, "counters", { ended }),
  ]);
  const arrays = [list.threads, list.inFlight, stalls];
  if (!arrays.every((each) => Array.isArray(each) && each.every(isObject)))
    throw unexpected(server.url, "unknown data");
  const { pid, now, threads, total, inFlight } = list;
  return /** @type {Snapshot} */ ({ pid, now, threads, total, inFlight, stalls, counters });
}

/**
 * Gets what is in flight.
 *
 * @param {Server} server
 * @param {GetOptions} options
 * @returns {Promise<Record<string, unknown>>}
 * @throws {FetchError}
 */
export async function getInFlight(server, options) {
  const list = await getJson(server, `in-flight?limit=${server.limit}`, options);
  if (server.pid !== undefined && list.pid !== server.pid)
    throw new FetchError(`process ${Number(list.pid)} responds at ${server.url.href}`, { final: true });
  return list;
}

/**
 * Gets one path of a diagnostics server.
 *
 * @param {Pick<Server, "url" | "token">} server
 * @param {string} path
 * @param {GetOptions} options
 * @returns {Promise<Record<string, unknown>>}
 * @throws {FetchError}
 */
async function getJson({ url, token }, path, { ended, timeoutMs = TIMEOUT_MS }) {
  const timeout = AbortSignal.timeout(timeoutMs);
  const response = await fetch(new URL(path, url), {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    // The token is for this server alone.
    redirect: "error",
    signal: ended === undefined ? timeout : AbortSignal.any([timeout, ended]),
  }).catch((error) => {
    throw new FetchError(`cannot reach ${url.href}: ${reason(error, timeoutMs)}`);
  });
  if (response.status === 401) {
    const how = token === undefined ? "requires a token: pass it with" : "rejected the token: pass another with";
    throw new FetchError(`${url.href} ${how} --token or in ONESCOPE_TOKEN`, { final: true });
  }
  if (!response.ok) throw new FetchError(`${url.href} responded with ${response.status}${await refusal(response)}`);
  const body = await response.json().catch((error) => {
    throw error instanceof SyntaxError
      ? unexpected(url, "something other than JSON")
      : new FetchError(`lost the connection to ${url.href}: ${reason(error, timeoutMs)}`);
  });
  if (!isObject(body)) throw unexpected(url, "unknown data");
  return body;
}

/**
 * @param {URL} url
 * @param {string} what
 */
function unexpected(url, what) {
  return new FetchError(
    `${url.href} responded with ${what}: is it the diagnostics server of this version of onescope?`,
  );
}

/**
 * @param {Response} response
 * @returns {Promise<string>} the reason that the server gives, if any
 */
async function refusal(response) {
  const body = await response.json().catch(() => undefined);
  return isObject(body) && typeof body.error === "string" ? `: ${clean(body.error)}` : "";
}

/**
 * @param {Error & { cause?: { code?: string, message?: string } }} error what `fetch` failed with
 * @param {number} timeoutMs
 */
function reason(error, timeoutMs) {
  if (error.name === "TimeoutError") return `no response within ${timeoutMs / 1000} s`;
  return String(error.cause?.code ?? error.cause?.message ?? error.message);
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
