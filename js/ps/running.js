import { readFileSync, readlinkSync } from "node:fs";

/** States of a process that has ended, and whose parent has not noticed. */
const ENDED = ["Z", "X"];

/**
 * @param {number | "self"} pid
 * @returns {{ state: string, start: string } | undefined} `start` in the system's own unit; `undefined` where the system is not
 *   Linux, or there is no such process
 */
function stat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The program's name before it, in parentheses, can hold anything.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0], start: fields[19] };
  } catch {
    return undefined;
  }
}

/** @returns {string} when this process started, in the system's own unit; "0" if that is unknown */
export function ownStart() {
  return stat("self")?.start ?? "0";
}

/** @returns {string | null} whose process ids these are: a container has its own */
export function pidNamespace() {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return null;
  }
}

/**
 * The start time tells a process from a later one with the same id. Where it is unknown, any process with the id counts as this
 * one; what responds at its port says which it is.
 *
 * @param {number} pid
 * @param {string} start as `ownStart` returned it in that process
 * @returns {boolean} whether that process is running
 */
export function isRunning(pid, start) {
  try {
    process.kill(pid, 0);
  } catch {
    // None has the id now, or one of another user.
    return false;
  }
  const found = start === "0" ? undefined : stat(pid);
  return found === undefined || (found.start === start && !ENDED.includes(found.state));
}
