import { realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import { CODES, OnescopeError } from "../../util/errors.js";
import { PACKAGE_MANAGERS } from "./package-managers.js";

const LOCK_FILES = new Set(Object.values(PACKAGE_MANAGERS).flatMap(({ lockFiles }) => lockFiles));

/**
 * @param {string} folder of a project
 * @param {string} path from it
 * @returns {string} the whole path
 * @throws {OnescopeError} `ERR_ONESCOPE_PROJECT` if it leads out of the folder, also by a link. The lock file of a workspace may be
 *   in a folder above.
 */
export function pathIn(folder, path) {
  const full = join(folder, path);
  const real = relative(realpathSync(folder), realOf(full));
  const isInside = real !== ".." && !real.startsWith(`..${sep}`) && !isAbsolute(real);
  const isAbove = /^\.\.(?:[\\/]\.\.)*$/.test(dirname(real));
  if (isInside || (isAbove && LOCK_FILES.has(basename(real)))) return full;
  throw new OnescopeError(CODES.PROJECT, `${path} is outside of this folder, so it is not changed`);
}

/**
 * @param {string} path
 * @returns {string} without links, as far as it exists
 */
function realOf(path) {
  try {
    return realpathSync(path);
  } catch {
    return join(realOf(dirname(path)), basename(path));
  }
}
