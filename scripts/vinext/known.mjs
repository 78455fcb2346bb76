import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fingerprint } from "../../js/vite/difference.js";
import { KNOWN_VERSIONS } from "../../js/vite/known-versions.js";
import { STATE } from "../../js/vite/modules.js";
import { format } from "../generate/files.mjs";
import { EXAMPLE, ROOT } from "../setup.mjs";

// The table of known versions, in js/vite/known-versions.js.

const semver = createRequire(join(EXAMPLE, "package.json"))("semver");

export const TABLE = join(ROOT, "js/vite/known-versions.js");

/** @returns {string[]} known versions, oldest first */
export const knownVersions = () => semver.sort(Object.keys(KNOWN_VERSIONS));

/** @param {string} text */
export const isVersion = (text) => semver.valid(text) === text;

/**
 * The known version that a release is compared with.
 *
 * @param {string} version
 * @returns {string} the last one before it, or else the first
 */
export function baseOf(version) {
  const versions = knownVersions();
  return versions.findLast((known) => semver.lt(known, version)) ?? versions[0];
}

/**
 * Writes the table with one more version.
 *
 * @param {string} version
 * @param {string} release folder of its package
 * @param {string} [table]
 */
export function addKnown(version, release, table = TABLE) {
  const prints = STATE.map((name) => [name, fingerprint(join(release, "dist/shims"), name)]);
  const all = { ...KNOWN_VERSIONS, [version]: Object.fromEntries(prints.filter(([, print]) => print !== undefined)) };
  const sorted = Object.fromEntries(semver.sort(Object.keys(all)).map((/** @type {string} */ key) => [key, all[key]]));
  const code = `// Written by \`npm run vinext -- VERSION\`, which compares a release with onescope's modules: docs/how-to/vinext-release.md.

/**
 * By version of vinext, the fingerprints of its state modules that onescope's replace, by name as in modules.js.
 *
 * @type {Record<string, Record<string, string>>}
 */
export const KNOWN_VERSIONS = ${JSON.stringify(sorted)};
`;
  writeFileSync(table, format("known-versions.js", code));
}
