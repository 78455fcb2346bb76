// Where the addon of each platform is, and which platform this machine is.

import { join } from "node:path";
import { ownPlatforms, PLATFORMS } from "../../js/store/native/platforms.js";
import { ROOT } from "../setup.mjs";

/** @import { Platform } from "../../js/store/native/platforms.js" */

/** What `npm run build:platforms` fills and `npm run pack` takes addons from. Git ignores it. */
export const ADDONS = join(ROOT, "addons");

/**
 * @param {string} folder
 * @param {Platform} platform
 * @returns {string} path of its addon in the folder
 */
export function addonIn(folder, { name }) {
  return join(folder, `onescope.${name}.node`);
}

/**
 * @param {string} name of a platform or a target of Rust
 * @returns {Platform}
 * @throws {Error} if there is none
 */
export function platformNamed(name) {
  const platform = PLATFORMS.find((each) => each.name === name || each.target === name);
  if (platform !== undefined) return platform;
  throw new Error(`no platform is named ${name}; there are ${PLATFORMS.map((each) => each.name).join(", ")}`);
}

/**
 * @returns {Platform} of this machine
 * @throws {Error} if there is none
 */
export function hostPlatform() {
  const [found] = ownPlatforms();
  if (found === undefined) {
    throw new Error(
      `no platform of onescope is ${process.platform} ${process.arch}; there are ${PLATFORMS.map(({ name }) => name).join(", ")}`,
    );
  }
  return found;
}
