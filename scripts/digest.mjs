// What failed, said once more at the end: a log is often cut to its tail.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const REPORTER = fileURLToPath(new URL("digest-reporter.mjs", import.meta.url));

/** Environment variable with the folder that runs of `node --test` write their digests to. */
const FOLDER = "ONESCOPE_DIGEST";

let files = 0;

/**
 * @param {string} reporter for standard output
 * @param {string} [folder] for the digest; none is made if there is no folder
 * @returns {string[]} flags of `node --test`
 */
export function reporterFlags(reporter, folder = process.env[FOLDER]) {
  const flags = [`--test-reporter=${reporter}`, "--test-reporter-destination=stdout"];
  if (folder === undefined) return flags;
  const file = join(folder, `${process.pid}-${files++}.txt`);
  return [...flags, `--test-reporter=${REPORTER}`, `--test-reporter-destination=${file}`];
}

/** @param {string} folder */
export const digestEnvironment = (folder) => ({ [FOLDER]: folder });

/**
 * @param {string} folder
 * @returns {string} what all runs wrote there
 */
export function readDigests(folder) {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("");
}
