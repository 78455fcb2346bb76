import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { brotliCompressSync, brotliDecompressSync } from "node:zlib";
import { applyEdits, reverseEdits, undoEdits, withSurroundings } from "./edits.js";

/** @import { FileChange } from "./plan.js" */
/** @import { Edit } from "./edits.js" */

// What `onescope init` changed in a project, so that `--undo` restores it: .onescope/init.json.

const FOLDER = ".onescope";
const FILE = `${FOLDER}/init.json`;
const VERSION = 1;

/**
 * @typedef {object} ChangedFile
 * @property {string} path from the project's folder
 * @property {string | null} before hash of the file; `null` if there was none
 * @property {string} after hash of the file
 * @property {Array<Edit & { before: string, after: string }>} [edits]
 * @property {string} [original] the whole file, compressed, where another program changed it
 * @property {string[]} [folders] those made for it, the outer ones first
 */

/** @param {string} folder @returns {ChangedFile[]} in the order of the changes; a file can be in it more than once */
export function readRecord(folder) {
  const path = join(folder, FILE);
  if (!existsSync(path)) return [];
  const { version, files } = JSON.parse(readFileSync(path, "utf8"));
  if (version !== VERSION) throw new Error(`${FILE} is of another version of onescope`);
  return files;
}

/** @param {string} folder @param {ChangedFile[]} files */
function writeRecord(folder, files) {
  const path = join(folder, FILE);
  if (files.length > 0) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify({ version: VERSION, files }, null, 2)}\n`);
    return;
  }
  rmSync(path, { force: true });
  removeIfEmpty(join(folder, FOLDER));
}

/**
 * Changes files, and notes how to undo it. What was noted is there before any file changes.
 *
 * @param {string} folder
 * @param {FileChange[]} changes
 */
export function applyChanges(folder, changes) {
  const results = changes.map(({ path, text, edits }) => ({
    path,
    text,
    edits,
    result: applyEdits(text ?? "", edits),
  }));
  const files = results.map(({ path, text, edits, result }) => ({
    path,
    before: text === undefined ? null : hashOf(text),
    after: hashOf(result),
    ...(text === undefined ? { folders: missingFolders(folder, path) } : { edits: withSurroundings(result, edits) }),
  }));
  writeRecord(folder, [...readRecord(folder), ...files]);
  for (const { path, result } of results) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), result);
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

/**
 * @typedef {object} Undone
 * @property {string} path
 * @property {"restored" | "removed" | "partly" | "kept"} state `partly`: it was changed since, and our edits are gone from it
 * @property {string} [left] what a person has to do
 */

/**
 * Undoes what is noted, the last change first.
 *
 * @param {string} folder
 * @returns {Undone[]}
 */
export function undo(folder) {
  /** @type {Map<string, Undone>} */
  const undone = new Map();
  for (const file of readRecord(folder).toReversed()) {
    const result = undoFile(folder, file);
    const earlier = undone.get(file.path);
    // A file that another change left half undone is not restored.
    if (earlier?.left === undefined)
      undone.set(file.path, earlier?.state === "partly" ? { ...result, state: "partly" } : result);
  }
  writeRecord(folder, []);
  return [...undone.values()];
}

/**
 * @param {string} folder
 * @param {ChangedFile} file
 * @returns {Undone}
 */
function undoFile(folder, { path, before, after, edits = [], original, folders = [] }) {
  const full = join(folder, path);
  const bytes = readIfThere(full);
  if (bytes === undefined) {
    return before === null ? { path, state: "removed" } : { path, state: "kept", left: "is gone; it is not restored" };
  }
  const hash = hashOf(bytes);
  if (hash === before) return { path, state: "restored" };
  if (before === null) {
    if (hash !== after)
      return {
        path,
        state: "kept",
        left: "was made by onescope init and changed since: remove it if it is not needed",
      };
    rmSync(full);
    for (const made of folders.toReversed()) removeIfEmpty(join(folder, made));
    return { path, state: "removed" };
  }
  if (original !== undefined) {
    if (hash !== after)
      return { path, state: "kept", left: "was changed since: remove onescope with the package manager" };
    writeFileSync(full, brotliDecompressSync(Buffer.from(original, "base64")));
    return { path, state: "restored" };
  }
  if (hash === after) {
    writeFileSync(full, applyEdits(bytes.toString("utf8"), reverseEdits(edits)));
    return { path, state: "restored" };
  }
  const { text, left } = undoEdits(bytes.toString("utf8"), edits);
  writeFileSync(full, text);
  if (left.length === 0) return { path, state: "partly" };
  return {
    path,
    state: "partly",
    left: `was changed since; look for ${left.map((each) => JSON.stringify(each.trim())).join(", ")}`,
  };
}

/** @param {string} path */
function readIfThere(path) {
  return existsSync(path) ? readFileSync(path) : undefined;
}

/** @param {string | Buffer} content */
function hashOf(content) {
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

/** @param {string} folder */
function removeIfEmpty(folder) {
  try {
    rmdirSync(folder);
  } catch {
    // Something else is in it, or it is gone.
  }
}
