// How large the archives may be.

import { statSync } from "node:fs";

/** @import { Found, Packed } from "../check-package.mjs" */

/** In bytes. */
const MAIN_LIMIT = 150_000;
const ADDON_LIMIT = 900_000;

/**
 * @param {Packed} packed
 * @returns {Found}
 */
export function checkSizes({ archives, thorough }) {
  for (const [name, archive] of Object.entries(archives))
    console.log(`${name}: ${kilobytes(statSync(archive).size)} packed`);
  // An addon that was built in a hurry, without link-time optimization, is larger than what is published.
  const checked = Object.entries(archives).filter(([name]) => thorough || name === "onescope");
  return { problems: checked.flatMap(([name, archive]) => sizeProblems(name, archive)) };
}

/**
 * @param {string} name of the package
 * @param {string} archive its path
 * @returns {string[]}
 */
export function sizeProblems(name, archive) {
  const { size } = statSync(archive);
  const limit = name === "onescope" ? MAIN_LIMIT : ADDON_LIMIT;
  return size > limit ? [`${name} has ${kilobytes(size)} packed; the limit is ${kilobytes(limit)}`] : [];
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
