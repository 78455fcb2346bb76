import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ONESCOPE_RUNTIME_DIR, XDG_RUNTIME_DIR } from "../util/env.js";

// The directory in which processes register. It is never used if it belongs to somebody else, is a link, or is open to others:
// what is in it is as trustworthy as its owner, and tokens are in it.

/** `undefined` on Windows, where the directory for temporary files is the user's own. */
const USER = process.geteuid?.();

/** @returns {boolean} whether processes register at all */
export function isOn() {
  return ONESCOPE_RUNTIME_DIR !== "off";
}

/** @returns {string[]} the directories that are looked into: a user's sessions and services can have different ones */
export function directories() {
  if (!isOn()) return [];
  if (ONESCOPE_RUNTIME_DIR !== undefined) return [resolve(ONESCOPE_RUNTIME_DIR)];
  const temporary = join(tmpdir(), USER === undefined ? "onescope" : `onescope-${USER}`);
  // A root shell can have that of the user who logged in.
  if (!XDG_RUNTIME_DIR?.startsWith("/") || problemOf(XDG_RUNTIME_DIR) !== undefined) return [temporary];
  return [join(XDG_RUNTIME_DIR, "onescope"), temporary];
}

/**
 * @returns {string} the directory to register in, created if it is missing
 * @throws {Error} whose message is why there is none
 */
export function openDirectory() {
  /** @type {string[]} */
  const problems = [];
  for (const path of directories()) {
    const problem = create(path) ?? problemOf(path);
    if (problem === undefined) return path;
    problems.push(problem);
  }
  throw new Error(problems.join("; "));
}

/**
 * @param {string} path
 * @returns {string | undefined} why it cannot be created
 */
function create(path) {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code !== "EEXIST") return code === "ERR_ACCESS_DENIED" ? `${message} (${path})` : message;
  }
  return undefined;
}

/**
 * @param {string} path
 * @returns {string | undefined} why it is not a directory of this user only
 */
export function problemOf(path) {
  try {
    const found = lstatSync(path);
    if (!found.isDirectory()) return `${path} is not a directory`;
    if (USER === undefined) return undefined;
    if (found.uid !== USER) return `${path} belongs to another user`;
    if ((found.mode & 0o077) !== 0) return `${path} is open to other users; run chmod 700 ${path}`;
    return undefined;
  } catch (error) {
    return /** @type {Error} */ (error).message;
  }
}
