import { getInFlight } from "../top/fetch.js";

/** @import { ListedProcess } from "../../ps/processes.js" */

/** A server responds in milliseconds, also while JavaScript is blocked. */
const TIMEOUT_MS = 2000;

/**
 * @typedef {object} InspectedProcess what `onescope ps --json` prints
 * @property {number} pid
 * @property {string} command
 * @property {string} cwd
 * @property {string} node
 * @property {string} onescope
 * @property {string} since
 * @property {string | null} url
 * @property {number | null} port
 * @property {string | null} recording
 * @property {number | null} inFlight `null` if it has no server, or that does not respond
 * @property {Array<{ thread: number, blockedMs: number }> | null} blocked threads, as `inFlight`
 * @property {string | null} problem why its server does not respond
 */

/**
 * Asks a process what it does.
 *
 * @param {ListedProcess} listed
 * @returns {Promise<InspectedProcess>}
 */
export async function inspectProcess({ pid, command, cwd, node, onescope, since, url, token, ...more }) {
  const facts = {
    ...{ pid, command, cwd, node, onescope, since },
    url: url?.href ?? null,
    port: url === undefined ? null : Number(url.port || 80),
    recording: (more.stopped ? undefined : more.recording) ?? null,
  };
  if (url === undefined) return { ...facts, inFlight: null, blocked: null, problem: null };
  try {
    const { threads, total } = await getInFlight({ url, token, pid, limit: 1 }, { timeoutMs: TIMEOUT_MS });
    const blocked = threads.flatMap(({ thread, blockedMs }) => (blockedMs ? [{ thread, blockedMs }] : []));
    return { ...facts, inFlight: total, blocked, problem: null };
  } catch (error) {
    return { ...facts, inFlight: null, blocked: null, problem: /** @type {Error} */ (error).message };
  }
}
