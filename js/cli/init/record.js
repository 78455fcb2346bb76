import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { CODES, OnescopeError } from "../../util/errors.js";
import { IGNORE_ALL, keepOutOfGit } from "../../util/ignore.js";
import { readRequired, writeRequired } from "../project/files.js";
import { pathIn } from "../project/paths.js";
import { applyEdits, withSurroundings } from "./edits.js";

/** @import { FileChange } from "./plan.js" */
/** @import { PlacedEdit } from "./edits.js" */

// What `onescope init` changed in a project, so that `--undo` restores it.

const FOLDER = ".onescope";
/** The record. A checkout may bring one, so nothing in it is trusted. */
export const FILE = `${FOLDER}/init.json`;
const VERSION = 1;

/**
 * @typedef {object} ChangedFile
 * @property {string} path from the project's folder
 * @property {string | null} before hash of the file; `null` if there was none
 * @property {string | null} after hash of the file; `null` once a part of the change is undone
 * @property {PlacedEdit[]} [edits]
 * @property {string} [original] the whole file, compressed, where another program changed it
 * @property {string[]} [folders] those made for it, the outer ones first
 */

/**
 * @param {string} folder
 * @returns {ChangedFile[]} in the order of the changes; a file can be in it more than once
 * @throws {OnescopeError} `ERR_ONESCOPE_PROJECT`
 */
export function readRecord(folder) {
  const path = join(folder, FILE);
  if (!existsSync(path)) return [];
  return readRequired(FILE, () => {
    const { version, files } = JSON.parse(readFileSync(path, "utf8"));
    if (version !== VERSION) throw new Error("it is of another version of onescope");
    if (!Array.isArray(files) || !files.every(isChange)) throw new Error("it is not a list of changes");
    return files;
  });
}

/** @param {ChangedFile | null} change */
function isChange(change) {
  const { path, before, after, edits = [], original = "", folders = [] } = change ?? {};
  const areTexts = (/** @type {unknown[]} */ ...values) => values.every((value) => typeof value === "string");
  return (
    areTexts(path, before === null ? "" : before, after === null ? "" : after, original) &&
    Array.isArray(folders) &&
    areTexts(...folders) &&
    Array.isArray(edits) &&
    edits.every((edit) => areTexts(edit?.removed, edit?.inserted, edit?.before, edit?.after))
  );
}

/** @param {string} folder @param {ChangedFile[]} files */
export function writeRecord(folder, files) {
  const path = join(folder, FILE);
  if (files.length > 0) {
    writeRequired(FILE, () => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${JSON.stringify({ version: VERSION, files }, null, 2)}\n`);
    });
    keepOutOfGit(dirname(path));
    return;
  }
  rmSync(path, { force: true });
  removeFolder(join(folder, FOLDER));
}

/** @param {string} folder with recordings, or with nothing but what keeps it out of git */
function removeFolder(folder) {
  const ignore = join(folder, ".gitignore");
  if (readIfThere(ignore)?.toString() === IGNORE_ALL && readdirSync(folder).length === 1) rmSync(ignore);
  removeIfEmpty(folder);
}

/** @param {string} folder */
export function removeIfEmpty(folder) {
  try {
    rmdirSync(folder);
  } catch {
    // Something else is in it, or it is gone.
  }
}

/**
 * Changes files, and notes how to undo it. What was noted is there before any file changes.
 *
 * @param {string} folder
 * @param {FileChange[]} changes
 * @throws {OnescopeError} `ERR_ONESCOPE_PROJECT`, and nothing is changed, if a file is not what the changes were made from
 */
export function applyChanges(folder, changes) {
  const results = changes.map(({ path, text, edits }) => ({
    full: pathIn(folder, path),
    path,
    text,
    edits,
    result: applyEdits(text ?? "", edits),
  }));
  for (const { full, path, text } of results) {
    if (readIfThere(full)?.toString("utf8") !== text)
      throw new OnescopeError(CODES.PROJECT, `${path} was changed meanwhile, so nothing is: run onescope init again`);
  }
  const files = results.map(({ path, text, edits, result }) => ({
    path,
    before: text === undefined ? null : hashOf(text),
    after: hashOf(result),
    ...(text === undefined ? { folders: missingFolders(folder, path) } : { edits: withSurroundings(result, edits) }),
  }));
  writeRecord(folder, [...readRecord(folder), ...files]);
  for (const { full, path, text, result } of results) {
    writeRequired(path, () => {
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, result, { flag: text === undefined ? "wx" : "w" });
    });
  }
}

/**
 * Notes what another program changes, such as a package manager its lock file.
 *
 * @template T
 * @param {string} folder
 * @param {string[]} paths files from the project's folder that it may change or create
 * @param {() => T} change
 * @returns {T}
 */
export function noteChanges(folder, paths, change) {
  const originals = paths.map((path) => readIfThere(join(folder, path)));
  const result = change();
  /** @type {ChangedFile[]} */
  const files = [];
  for (const [index, path] of paths.entries()) {
    const [before, after] = [originals[index], readIfThere(join(folder, path))];
    if (after === undefined || before?.equals(after)) continue;
    files.push({
      path,
      before: before === undefined ? null : hashOf(before),
      after: hashOf(after),
      ...(before !== undefined && { original: brotliCompressSync(before).toString("base64") }),
    });
  }
  if (files.length > 0) writeRecord(folder, [...readRecord(folder), ...files]);
  return result;
}

/** @param {string} path */
export function readIfThere(path) {
  return existsSync(path) ? readFileSync(path) : undefined;
}

/** @param {string | Buffer} content */
export function hashOf(content) {
  return createHash("sha256").update(content).digest("base64url");
}

/** @param {string} folder @param {string} path */
function missingFolders(folder, path) {
  /** @type {string[]} */
  const missing = [];
  for (let parent = dirname(path); parent !== "." && !existsSync(join(folder, parent)); parent = dirname(parent)) {
    missing.unshift(parent);
  }
  return missing;
}
