import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** Fields of a package.json whose packages an install for production has. */
const INSTALLED = ["dependencies", "optionalDependencies", "peerDependencies"];

/** vinext's outputs that no install has to complete: one has its packages, the other no server. */
const NEEDS_NO_INSTALL = /\boutput\b[^\n]*["'`](?:standalone|export)["'`]/;
const NEXT_CONFIGS = ["ts", "mts", "js", "mjs", "cjs"].map((extension) => `next.config.${extension}`);

/** Paths of the package.json files that a warning named. */
const warned = new Set();

/**
 * @param {string} specifier
 * @returns {boolean} whether it imports this package
 */
export const isOnescope = (specifier) => specifier === "onescope" || specifier.startsWith("onescope/");

/**
 * Warns, once per package.json, if the built server imports this package and an install without devDependencies does not
 * have it.
 *
 * @param {{ config: { root: string }, logger: { warn(message: string): void } }} environment Vite's
 */
export function warnIfDevDependency({ config: { root }, logger }) {
  const path = findDependent(root);
  if (path === undefined || warned.has(path) || INSTALLED.some((field) => lists(path, field))) return;
  if (NEXT_CONFIGS.some((name) => NEEDS_NO_INSTALL.test(read(join(root, name))))) return;
  warned.add(path);
  logger.warn(
    `[onescope] the built server imports onescope, which is in the devDependencies of ${relative(root, path)}: ` +
      'an install without them ("npm install --omit=dev") breaks the server. Move it to dependencies.',
  );
}

/**
 * @param {string} root the app's folder
 * @returns {string | undefined} path of the nearest package.json that lists this package
 */
function findDependent(root) {
  const path = join(root, "package.json");
  if ([...INSTALLED, "devDependencies"].some((field) => lists(path, field))) return path;
  const parent = dirname(root);
  return parent === root ? undefined : findDependent(parent);
}

/**
 * @param {string} path of a package.json
 * @param {string} field
 */
function lists(path, field) {
  try {
    return Object.hasOwn(JSON.parse(read(path))[field] ?? {}, "onescope");
  } catch {
    return false;
  }
}

/** @param {string} path */
function read(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
