import { listProcesses } from "../ps/processes.js";
import { clean, columns, commandOf } from "./text.js";

/** @import { ListedProcess } from "../ps/processes.js" */

// Which process a command is about, where no URL or path says it.

/** Recordings that are listed at most, newest first. */
const MOST_LISTED = 20;

/**
 * @param {string | undefined} text
 * @returns {number | undefined} the process id, if it is one
 */
export function pidIn(text) {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/**
 * @param {number} [pid] any process if omitted
 * @returns {ListedProcess[]} running processes that have a diagnostics server
 */
export function serving(pid) {
  return listProcesses().filter((each) => each.url !== undefined && (pid === undefined || each.pid === pid));
}

/**
 * @param {number} [pid] any process if omitted
 * @returns {ListedProcess[]} running and ended processes that have a recording, the latest first
 */
export function recorded(pid) {
  const found = listProcesses().filter((each) => each.recording !== undefined);
  return found.filter((each) => pid === undefined || each.pid === pid).reverse();
}

/**
 * @param {ListedProcess[]} processes that have a server
 * @returns {string} how to choose one
 */
export function servingList(processes) {
  const rows = processes.map((each) => [String(each.pid), commandOf(each), each.url?.href ?? ""]);
  const list = columns([["PID", "COMMAND", "URL"], ...rows], [0]);
  return ["several processes have a diagnostics server; choose one: onescope top PID", ...list].join("\n");
}

/**
 * @param {ListedProcess[]} processes that have a recording
 * @returns {string} how to choose one
 */
export function recordedList(processes) {
  const rows = processes.slice(0, MOST_LISTED).map((each) => {
    return [String(each.pid), each.running ? "running" : "ended", commandOf(each), clean(each.recording)];
  });
  const list = columns([["PID", "STATE", "COMMAND", "RECORDING"], ...rows], [0]);
  const more = processes.length - rows.length;
  const how = "several directories have flight recordings; choose one: onescope last-flight PID, or PATH";
  return [how, ...list, ...(more > 0 ? [`… and ${more} more`] : [])].join("\n");
}
