import { clean } from "../text.js";
import { isInFlight, isObject, isShallow, isSlow, isStalls } from "./shapes.js";

/** @import { Slow, StallEndReport, StallReport } from "../../inspect.js" */

/** How long a server may take to respond. It responds in milliseconds, also while its JavaScript is blocked. */
const TIMEOUT_MS = 5000;

/** What is read of a response. The largest that the server gives has some hundred kB. */
const MOST_BYTES = 4 * 2 ** 20;

/**
 * @typedef {object} Server
 * @property {URL} url
 * @property {string | undefined} token
 * @property {number} limit how many requests to list
 * @property {number | undefined} pid the process that has to respond; any if undefined
 * @property {boolean} slow whether to get slow requests too
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
 * @typedef {object} InFlight
 * @property {number} pid
 * @property {string} now the server's time, ISO 8601
 * @property {Thread[]} threads
 * @property {number} total requests in flight
 * @property {import("../../inspect.js").InFlight[]} inFlight the oldest of them; the types of their properties are unchecked
 */

/**
 * The state of a process at one moment; `stalls` are the latest, newest last.
 *
 * @typedef {InFlight & { stalls: Stall[], counters: Record<string, unknown>, slow?: Slow[] }} Snapshot
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
  const [{ pid, now, threads, total, inFlight }, stalls, counters, slow] = await Promise.all([
    getInFlight(server, { ended }),
    getJson(server, "stalls", { ended }),
    getJson(server, "counters", { ended }),
    server.slow ? getJson(server, "slow", { ended }) : undefined,
  ]);
  if (!isStalls(stalls) || (slow !== undefined && !isSlow(slow))) throw unexpected(server.url, "unknown data");
  return { pid, now, threads, total, inFlight, stalls: stalls.stalls, counters, ...(slow && { slow: slow.slow }) };
}

/**
 * Gets what is in flight.
 *
 * @param {Omit<Server, "slow">} server
 * @param {GetOptions} options
 * @returns {Promise<InFlight>}
 * @throws {FetchError}
 */
export async function getInFlight(server, options) {
  const list = await getJson(server, `in-flight?limit=${server.limit}`, options);
  if (!isInFlight(list)) throw unexpected(server.url, "unknown data");
  if (server.pid !== undefined && list.pid !== server.pid)
    throw new FetchError(`process ${list.pid} responds at ${server.url.href}`, { final: true });
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
    headers: { "accept-encoding": "identity", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
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
  const text = await textOf(response).catch((error) => {
    throw new FetchError(`lost the connection to ${url.href}: ${reason(error, timeoutMs)}`);
  });
  if (text === undefined) throw unexpected(url, `more than ${MOST_BYTES / 2 ** 20} MiB`);
  const body = parsed(text);
  if (body === undefined) throw unexpected(url, "something other than JSON");
  if (!isObject(body) || !isShallow(body)) throw unexpected(url, "unknown data");
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
  const body = parsed((await textOf(response).catch(() => undefined)) ?? "");
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
 * @param {Response} response
 * @returns {Promise<string | undefined>} `undefined` if it is too large
 */
async function textOf({ body }) {
  const chunks = [];
  let bytes = 0;
  // What a compressed response expands to counts.
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/**
 * @param {string} json
 * @returns {unknown} `undefined` if it is not JSON
 */
function parsed(json) {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
