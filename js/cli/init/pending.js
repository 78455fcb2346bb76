import { rmSync, writeFileSync } from "node:fs";
import { writeRequired } from "../project/files.js";
import { pathIn } from "../project/paths.js";
import { readIfThere, removeIfEmpty } from "./record.js";

/** Changes of a folder's files that are made together, and of which the later ones see the earlier. */
export class PendingFiles {
  /** @type {Map<string, { content: string | Buffer | undefined, folders: string[] }>} */
  #files = new Map();

  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder;
  }

  /** @param {string} path from the folder */
  read(path) {
    const pending = this.#files.get(path);
    if (pending === undefined) return readIfThere(pathIn(this.folder, path));
    return pending.content === undefined ? undefined : Buffer.from(pending.content);
  }

  /** @param {string} path @param {string | Buffer} content */
  write(path, content) {
    this.#files.set(path, { content, folders: [] });
  }

  /** @param {string} path @param {string[]} folders that go with it if they are empty then, the outer ones first */
  remove(path, folders) {
    this.#files.set(path, { content: undefined, folders });
  }

  /** @throws {OnescopeError} `ERR_ONESCOPE_PROJECT` */
  apply() {
    for (const [path, { content, folders }] of this.#files) {
      const full = pathIn(this.folder, path);
      writeRequired(path, () => (content === undefined ? rmSync(full, { force: true }) : writeFileSync(full, content)));
      for (const each of folders.toReversed()) removeIfEmpty(pathIn(this.folder, each));
    }
  }
}
