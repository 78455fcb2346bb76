import {
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { addonPath } from "../../js/store/native/load.js";
import { ownPlatforms } from "../../js/store/native/platforms.js";
import { ROOT } from "./run.mjs";

/** This machine's platform. */
export const [PLATFORM] = ownPlatforms();

/** Its addon, as the checkout has built it. */
export const ADDON = addonPath(PLATFORM.name);

/**
 * Makes a folder in which onescope is installed as npm installs it, outside the checkout and without the platform's package.
 *
 * @param {{ name?: string }} [options] `name`: that of the package which the modules are in, as after a bundler
 * @returns {string} the folder
 */
export function installOnescope({ name = "onescope" } = {}) {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "onescope-installed-"));
  const target = join(folder, "node_modules/onescope");
  const modules = (/** @type {string} */ path) => !path.endsWith(".node");
  cpSync(join(ROOT, "js"), join(target, "js"), { recursive: true, filter: modules });
  const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  writeFileSync(join(target, "package.json"), JSON.stringify({ ...manifest, name }));
  // Deno looks for packages only beside one.
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  return folder;
}

/**
 * Adds the package of a platform.
 *
 * @param {string} folder as `installOnescope()` made it
 * @param {{ platform?: string, addon?: string | Buffer }} [options] `addon`: a file, or what is in it
 * @returns {string} path of its addon
 */
export function installPlatform(folder, { platform = PLATFORM.name, addon = ADDON } = {}) {
  const path = join(folder, "node_modules/@onescope", platform, "onescope.node");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    join(dirname(path), "package.json"),
    JSON.stringify({ name: `@onescope/${platform}`, main: "onescope.node" }),
  );
  if (typeof addon === "string") place(addon, path);
  else writeFileSync(path, addon);
  return path;
}

/**
 * @param {string} from
 * @param {string} to on the same file system or not
 */
function place(from, to) {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
