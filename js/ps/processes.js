import { directories } from "./directory.js";
import { readDirectory } from "./list.js";

/**
 * @typedef {object} ListedProcess
 * @property {number} pid
 * @property {boolean} running
 * @property {string} command as one would type it in `cwd`
 * @property {string} cwd
 * @property {string} node its version
 * @property {string} onescope its version
 * @property {string} since when it registered first, ISO 8601
 * @property {URL} [url] of its diagnostics server, as seen from this machine
 * @property {string} [token] that the server requires
 * @property {string} [recording] its file
 * @property {boolean} [stopped] whether the recording has ended while the process runs
 */

/** Addresses that stand for all of a machine, and the one by which it reaches itself. */
const LOOPBACK = /** @type {Record<string, string>} */ ({ "0.0.0.0": "127.0.0.1", "[::]": "[::1]" });

/**
 * @param {string[]} [where] directories in which they registered
 * @returns {ListedProcess[]} this user's processes that run a server or a recording, and ended ones that have a recording
 */
export function listProcesses(where = directories()) {
  /** @type {Map<string, ListedProcess>} */
  const found = new Map();
  const registered = where.flatMap(readDirectory);
  for (const each of registered.sort((a, b) => (a.at < b.at ? -1 : 1))) {
    const { pid, start, running, command, cwd, node, onescope, at, url, token, recording, stopped } = each;
    const key = `${pid}-${start}`;
    const listed = found.get(key) ?? { pid, running, command, cwd, node, onescope, since: at };
    found.set(key, listed);
    const reachable = url === undefined ? null : URL.parse(url);
    if (reachable !== null && running) {
      reachable.hostname = LOOPBACK[reachable.hostname] ?? reachable.hostname;
      Object.assign(listed, { url: reachable, token });
    }
    if (recording !== undefined) Object.assign(listed, { recording, stopped });
  }
  return [...found.values()];
}
