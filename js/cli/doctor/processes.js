import { readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { listProcesses } from "../../ps/processes.js";

/**
 * @typedef {object} RunningProcess
 * @property {number} pid
 * @property {string} command
 * @property {string | null} url of its diagnostics server
 * @property {boolean | null} addon whether it has the addon loaded; `null` if that cannot be seen
 */

/**
 * The processes that run in a folder: those that registered, and on Linux all that serve with Node.
 *
 * @param {string} folder
 * @returns {RunningProcess[]}
 */
export function processesIn(folder) {
  const real = realpathSync(folder);
  const registered = listProcesses().filter(({ running, cwd }) => running && isSame(cwd, real));
  return registered.map(({ pid, command, url }) => ({
    pid,
    command,
    url: url?.href ?? null,
    addon: hasAddon(pid),
  }));
}

/**
 * @param {string} folder
 * @returns {number[]} processes of Node that listen in a folder and have loaded no onescope; none where that cannot be seen
 */
export function processesWithout(folder) {
  const real = realpathSync(folder);
  return pids().filter((pid) => {
    try {
      return (
        pid !== process.pid &&
        pid !== process.ppid &&
        readlinkSync(`/proc/${pid}/cwd`) === real &&
        /(?:^|\/)node$/.test(readlinkSync(`/proc/${pid}/exe`)) &&
        listens(pid) &&
        hasAddon(pid) === false
      );
    } catch {
      return false;
    }
  });
}

/** @returns {number[]} */
function pids() {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** @param {number} pid */
function listens(pid) {
  const sockets = new Set();
  for (const table of ["tcp", "tcp6"]) {
    for (const line of readFileSync(`/proc/${pid}/net/${table}`, "utf8").split("\n")) {
      const columns = line.trim().split(/\s+/);
      if (columns[3] === "0A") sockets.add(columns[9]);
    }
  }
  return readdirSync(`/proc/${pid}/fd`).some((fd) => {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? [];
    return inode !== undefined && sockets.has(inode);
  });
}

/** @param {number} pid */
function hasAddon(pid) {
  if (process.platform !== "linux") return null;
  try {
    return /\/onescope[^/]*\.node$/m.test(readFileSync(`/proc/${pid}/maps`, "utf8"));
  } catch {
    return null;
  }
}

/** @param {string} path @param {string} real */
function isSame(path, real) {
  try {
    return realpathSync(path) === real;
  } catch {
    return false;
  }
}
