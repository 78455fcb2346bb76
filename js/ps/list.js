import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { problemOf } from "./directory.js";
import { isRunning, pidNamespace } from "./running.js";

/** @import { Registered } from "./register.js" */

/** How often a process writes its files again. */
export const TOUCH_MS = 6 * 3600 * 1000;

/** Far longer than it takes to write one. */
const UNFINISHED_MS = 60_000;

/** `<pid>-<start>.<kind>` of register.js, perhaps not finished. */
const NAME = /^(\d+)-(\d+)\.(server|recording)(\.\d+)?$/;

/** Longer than any that register.js writes: commands and paths have limits. */
const MOST_BYTES = 2 ** 20;

/**
 * Reads what is registered in a directory, and removes what is out of date.
 *
 * @param {string} directory
 * @returns {Array<Registered & { running: boolean }>} servers of running processes, and recordings that exist
 */
export function readDirectory(directory) {
  if (problemOf(directory) !== undefined) return [];
  removeEnded(directory);
  const namespace = pidNamespace();
  return names(directory).flatMap(({ name, unfinished }) => {
    const registered = unfinished ? undefined : read(join(directory, name));
    // The ids in a directory that containers share mean something else there.
    if (registered === undefined || registered.namespace !== namespace) return [];
    return [{ ...registered, running: isRunning(registered.pid, registered.start) }];
  });
}

/**
 * Removes what processes left that have ended: killed ones cannot do it. What belongs to a recording stays until that is removed.
 *
 * @param {string} directory of this user
 */
export function removeEnded(directory) {
  const namespace = pidNamespace();
  for (const { name, pid, start, kind, unfinished } of names(directory)) {
    try {
      if (isRunning(pid, start)) continue;
      const path = join(directory, name);
      const registered = unfinished ? undefined : read(path);
      // Whether a process of another container is running cannot be seen, only that it has not written for long.
      const foreign = registered !== undefined && registered.namespace !== namespace;
      const keptMs = unfinished ? UNFINISHED_MS : foreign ? 2 * TOUCH_MS : 0;
      if (Date.now() - lstatSync(path).mtimeMs < keptMs) continue;
      const { recording } = registered ?? {};
      if (kind === "recording" && recording !== undefined && existsSync(recording)) continue;
      rmSync(path, { force: true });
    } catch {
      // The next one tries again.
    }
  }
}

/** @param {string} directory */
function names(directory) {
  return readdirSync(directory).flatMap((name) => {
    const [, pid, start, kind, unfinished] = NAME.exec(name) ?? [];
    return pid === undefined ? [] : [{ name, pid: Number(pid), start, kind, unfinished: unfinished !== undefined }];
  });
}

/**
 * @param {string} path
 * @returns {Registered | undefined} `undefined` for anything that register.js did not write
 */
function read(path) {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    try {
      const found = fstatSync(descriptor);
      if (!found.isFile() || found.size > MOST_BYTES || found.uid !== (process.geteuid?.() ?? 0)) return undefined;
      return checked(JSON.parse(readFileSync(descriptor, "utf8")));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

/**
 * @param {any} value
 * @returns {Registered | undefined}
 */
function checked(value) {
  const texts = [value.start, value.command, value.cwd, value.node, value.onescope, value.at];
  const optional = [value.url, value.token, value.recording];
  const isText = (/** @type {unknown} */ each) => typeof each === "string";
  const right = Number.isSafeInteger(value.pid) && texts.every(isText);
  return right && optional.every((each) => each === undefined || isText(each)) ? value : undefined;
}
