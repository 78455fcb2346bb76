import { writeSync } from "node:fs";
import { clean } from "./safe-text.js";

/** @param {string} line for stderr, with values of the environment, which can hold anything */
export function say(line) {
  try {
    // Not `process.stderr`: if nobody reads it, or the disk is full, its `error` event would end the process.
    writeSync(2, `onescope: ${clean(line)}\n`);
  } catch {
    // There is nobody to tell.
  }
}
