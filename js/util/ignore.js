import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** What the file has in it: git then takes nothing of the folder, not even the file. */
export const IGNORE_ALL = "*\n";

/**
 * Keeps a folder that onescope made out of git. One that says otherwise is left as it is, and nothing depends on it.
 *
 * @param {string} folder
 */
export function keepOutOfGit(folder) {
  try {
    writeFileSync(join(folder, ".gitignore"), IGNORE_ALL, { flag: "wx" });
  } catch {
    // It is there already, or the file system is read-only.
  }
}
