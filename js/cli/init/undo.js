import { brotliDecompressSync } from "node:zlib";
import { readRequired } from "../project/files.js";
import { pathIn } from "../project/paths.js";
import { applyEdits, reverseEdits, undoEdits } from "./edits.js";
import { PendingFiles } from "./pending.js";
import { FILE, hashOf, readRecord, writeRecord } from "./record.js";

/** @import { ChangedFile } from "./record.js" */

/**
 * @typedef {object} Undone
 * @property {string} path
 * @property {"restored" | "removed" | "partly" | "kept"} state `partly`: it was changed since, and our edits are gone from it
 * @property {string} [left] what a person has to do
 */

/**
 * Undoes what is noted, the last change first. What is left of it stays noted.
 *
 * @param {string} folder
 * @param {boolean} [dryRun] whether to change nothing
 * @returns {Undone[]} by file
 * @throws {OnescopeError} `ERR_ONESCOPE_PROJECT`, and nothing is undone, if the record is damaged or leads out of the folder
 */
export function undo(folder, dryRun = false) {
  const changes = readRecord(folder).toReversed();
  for (const { path, folders = [] } of changes) for (const each of [path, ...folders]) pathIn(folder, each);
  /** @type {Map<string, Undone>} */
  const undone = new Map();
  /** @type {ChangedFile[]} */
  const rest = [];
  const files = new PendingFiles(folder);
  const results = changes.map((change) => ({ change, ...undoChange(files, change) }));
  for (const { change, state, left, partly } of results) {
    const { path } = change;
    const earlier = undone.get(path);
    // What another program wrote is as well as undone where nothing names onescope any more.
    const isLeft = left !== undefined && (change.original === undefined || files.read(path)?.includes("onescope"));
    if (isLeft && left !== GONE) rest.unshift(partly ?? change);
    const all = new Set([earlier?.left, isLeft ? left : undefined].filter((each) => each !== undefined));
    undone.set(path, {
      path,
      state: earlier?.state === "partly" ? "partly" : state,
      ...(all.size > 0 && { left: [...all].join("; it ") }),
    });
  }
  if (!dryRun) {
    files.apply();
    writeRecord(folder, rest);
  }
  return [...undone.values()];
}

const GONE = "is gone; it is not restored";

/**
 * @param {PendingFiles} files
 * @param {ChangedFile} change
 * @returns {Omit<Undone, "path"> & { partly?: ChangedFile }} `partly`: the part of the change that is left
 */
function undoChange(files, change) {
  const { path, before, after, edits = [], original, folders = [] } = change;
  const bytes = files.read(path);
  if (bytes === undefined) return before === null ? { state: "removed" } : { state: "kept", left: GONE };
  const hash = hashOf(bytes);
  if (hash === before) return { state: "restored" };
  if (before === null) {
    if (hash !== after)
      return { state: "kept", left: "was made by onescope init and changed since: remove it if it is not needed" };
    files.remove(path, folders);
    return { state: "removed" };
  }
  if (original !== undefined) {
    if (hash !== after) return { state: "kept", left: "was changed since: remove onescope with the package manager" };
    files.write(
      path,
      readRequired(FILE, () => brotliDecompressSync(Buffer.from(original, "base64"))),
    );
    return { state: "restored" };
  }
  if (hash === after) {
    files.write(path, applyEdits(bytes.toString("utf8"), reverseEdits(edits)));
    return { state: "restored" };
  }
  const { text, left } = undoEdits(bytes.toString("utf8"), edits);
  if (text !== bytes.toString("utf8")) files.write(path, text);
  if (left.length === 0) return { state: "partly" };
  const found = left.map(({ inserted, removed }) =>
    inserted.trim() === ""
      ? `put back ${JSON.stringify(removed.trim())}`
      : `look for ${JSON.stringify(inserted.trim())}`,
  );
  return {
    state: "partly",
    left: `was changed since; ${found.join(", ")}`,
    partly: { ...change, after: null, edits: left },
  };
}
