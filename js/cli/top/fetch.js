import { clean } from "./text.js";

/** How long a server may take to answer. It answers in milliseconds, also while its JavaScript is stuck. */
const TIMEOUT_MS = 5000;

/** @typedef {{ url: URL, token: string | undefined, limit: number }} Server where to ask, and for how many requests */

/**
 * @typedef {object} Thread
 * @property {number} thread
 * @property {number | null} blockedMs 0 while its event loop turns, `null` if it does not beat
 * @property {Suspect | null} suspect what it is stuck in, as far as it is known
 */

/** @typedef {Pick<import("../../inspect.js").StallReport, "confidence" | "request" | "call">} Suspect */

/**
 * @typedef {object} InFlight
 * @property {number} seq
 * @property {string} label
 * @property {string} kind
 * @property {string} state
 * @property {number} thread
 * @property {number} ageMs
 * @property {number} idleMs
 */

/** @typedef {(import("../../inspect.js").StallReport | import("../../inspect.js").StallEndReport) & { at: string }} Stall */

/**
 * @typedef {object} Snapshot what a server said at one moment
 * @property {number} pid
 * @property {string} now the server's time, ISO 8601
 * @property {Thread[]} threads
 * @property {number} total requests in flight
 * @property {InFlight[]} inFlight the oldest of them
 * @property {Stall[]} stalls the latest, newest last
 * @property {Record<string, unknown>} counters
 */

/** The server gave no answer, or one that is of no use. */
export class AskError extends Error {
  /**
   * @param {string} message names the cause and the way out
   * @param {{ final?: boolean }} [options] `final`: asking again is of no use
   */
  constructor(message, { final = false } = {}) {
    super(message);
    this.final = final;
  }
}

/**
 * Asks a diagnostics server what is going on.
 *
 * @param {Server} server
 * @param {AbortSignal} [ended] nobody waits for the answer any more
 * @returns {Promise<Snapshot>}
 * @throws {AskError}
 */
export async function ask(server, ended) {
  const [list, { stalls }, counters] = await Promise.all([
    get(server, `in-flight?limit=${server.limit}`, ended),
    get(server, "stalls", ended),
    get(server, "counters", ended),
  ]);
  const arrays = [list.threads, list.inFlight, stalls];
  if (!arrays.every((each) => Array.isArray(each) && each.every(isObject)))
    throw stranger(server.url, "something else");
  const { pid, now, threads, total, inFlight } = list;
  return { pid, now, threads, total, inFlight, stalls, counters };
}

/**
 * @param {Server} server
 * @param {string} path
 * @param {AbortSignal} [ended]
 * @returns {Promise<any>} an object
 */
async function get({ url, token }, path, ended) {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(new URL(path, url), {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    // The token is for this server alone.
    redirect: "error",
    signal: ended === undefined ? timeout : AbortSignal.any([timeout, ended]),
  }).catch((error) => {
    throw new AskError(`cannot reach ${url.href}: ${reason(error)}`);
  });
  if (response.status === 401) {
    const how = token === undefined ? "asks for a token: give it with" : "refuses this token: give another with";
    throw new AskError(`${url.href} ${how} --token or in ONESCOPE_TOKEN`, { final: true });
  }
  if (!response.ok) throw new AskError(`${url.href} answers with ${response.status}${await refusal(response)}`);
  const body = await response.json().catch((error) => {
    throw error instanceof SyntaxError
      ? stranger(url, "something else than JSON")
      : new AskError(`lost ${url.href}: ${reason(error)}`);
  });
  if (!isObject(body)) throw stranger(url, "something else");
  return body;
}

/**
 * @param {URL} url
 * @param {string} answer
 */
function stranger(url, answer) {
  return new AskError(
    `${url.href} answers with ${answer}: is it the diagnostics server of an onescope of this version?`,
  );
}

/**
 * @param {Response} response
 * @returns {Promise<string>} why there is no answer, if the server says it
 */
async function refusal(response) {
  const body = await response.json().catch(() => undefined);
  return isObject(body) && typeof body.error === "string" ? `: ${clean(body.error)}` : "";
}

/** @param {any} error what `fetch` failed with */
function reason(error) {
  if (error.name === "TimeoutError") return `no answer within ${TIMEOUT_MS / 1000} s`;
  return String(error.cause?.code ?? error.cause?.message ?? error.message);
}

/** @param {unknown} value */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
