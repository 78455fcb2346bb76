import { readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { listProcesses } from "../../ps/processes.js";
import { unlessFails } from "../project/files.js";

/**
 * @typedef {object} RunningProcess
 * @property {number} pid
 * @property {string} command
 * @property {string | null} url of its diagnostics server
 */

/**
 * @param {string} folder
 * @returns {RunningProcess[]} the processes that run in a folder and have registered
 */
export function processesIn(folder) {
  const real = realpathSync(folder);
  const registered = listProcesses().filter(
    ({ running, cwd }) => running && unlessFails(() => realpathSync(cwd)) === real,
  );
  return registered.map(({ pid, command, url }) => ({ pid, command, url: url?.href ?? null }));
}

/**
 * @param {string} folder
 * @returns {number[]} processes of Node that listen in a folder and have loaded no onescope; none where that cannot be seen
 */
export function processesWithout(folder) {
  const real = realpathSync(folder);
  // These have loaded it from wherever it is.
  const registered = listProcesses().filter(({ running }) => running);
  const others = new Set([process.pid, process.ppid, ...registered.map(({ pid }) => pid)]);
  return pids().filter(
    (pid) =>
      !others.has(pid) &&
      linkAt(`/proc/${pid}/cwd`) === real &&
      /(?:^|\/)node(?: \(deleted\))?$/.test(linkAt(`/proc/${pid}/exe`)) &&
      listens(pid) &&
      hasAddon(pid) === false,
  );
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
  // Without IPv6 there is only the first.
  for (const table of ["tcp", "tcp6"]) {
    for (const line of unlessFails(() => readFileSync(`/proc/${pid}/net/${table}`, "utf8"))?.split("\n") ?? []) {
      const columns = line.trim().split(/\s+/);
      if (columns[3] === "0A") sockets.add(columns[9]);
    }
  }
  const descriptors = unlessFails(() => readdirSync(`/proc/${pid}/fd`)) ?? [];
  return descriptors.some((fd) => {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(linkAt(`/proc/${pid}/fd/${fd}`)) ?? [];
    return inode !== undefined && sockets.has(inode);
  });
}

/** @param {number} pid */
function hasAddon(pid) {
  const maps = unlessFails(() => readFileSync(`/proc/${pid}/maps`, "utf8"));
  // An install while it runs replaces the file.
  return maps === undefined ? undefined : /\/onescope[^/]*\.node(?: \(deleted\))?$/m.test(maps);
}

/** @param {string} path */
function linkAt(path) {
  return unlessFails(() => readlinkSync(path)) ?? "";
}
