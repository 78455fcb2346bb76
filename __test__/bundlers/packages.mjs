import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { install, ROOT } from "../../scripts/setup.mjs";
import { packed } from "../_support/packed.mjs";

/** This folder: its packages are the bundlers and frameworks. */
export const HERE = join(ROOT, "__test__/bundlers");

/** Installs this folder's packages, and onescope as npm would: the main package and the one with this machine's addon. */
export function installPackages() {
  install(HERE);
  for (const name of ["onescope", "@onescope"]) {
    rmSync(installed(name), { recursive: true, force: true });
    cpSync(join(packed().folder, name), installed(name), { recursive: true });
  }
}

/** @param {string} name of a package */
function installed(name) {
  return join(HERE, "node_modules", name);
}

/**
 * Removes onescope until the test ends, as on another machine: some bundlers put paths of the machine that builds into the bundle.
 *
 * @param {import("node:test").TestContext} t
 */
export function hidePackages(t) {
  for (const name of ["onescope", "@onescope"]) {
    const hidden = `${installed(name)}.hidden`;
    renameSync(installed(name), hidden);
    t.after(() => renameSync(hidden, installed(name)));
  }
}

/**
 * Copies what was built to a place without any package.
 *
 * @param {import("node:test").TestContext} t
 * @param {string} from
 * @returns {string} the folder
 */
export function deployed(t, from) {
  const folder = temporary(t);
  cpSync(from, folder, { recursive: true, verbatimSymlinks: true });
  return folder;
}

/**
 * @param {import("node:test").TestContext} t
 * @returns {string} a new folder
 */
export function temporary(t) {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "onescope-bundled-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * @param {string} folder
 * @param {(path: string, text: string) => boolean} has
 * @returns {string[]} the files of which that is true
 */
export function filesWith(folder, has) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  return paths.filter((path) => has(path, readFileSync(path, "utf8")));
}
