import { readFileSync } from "node:fs";
import module from "node:module";
import { dirname, isAbsolute, join, resolve, toNamespacedPath } from "node:path";
import { ONESCOPE_NATIVE_PATH } from "../../util/env.js";
import { exists, pathOf } from "../../util/package-folder.js";
import { toBackend } from "./addon.js";
import { faultIn } from "./binary.js";
import { ownPlatforms, PLATFORMS } from "./platforms.js";

/** @import { Backend } from "./contract.js" */

const here = pathOf(import.meta.url);

// A `require` of Node's, not `import`: Vite's module runners cannot load an addon. Written as `module.createRequire`, tracers of
// files see it, and webpack, which would take both from Node, does not. The second one is for names that are not literal.
const require = module.createRequire(here);
const anyRequire = module.createRequire(here);

/**
 * The addon of each platform. Tracers of files follow these calls if they name the package in full.
 *
 * @type {Record<string, () => unknown>}
 */
export const PACKAGES = {
  "linux-x64-gnu": () => require("@onescope/linux-x64-gnu"),
  "linux-x64-musl": () => require("@onescope/linux-x64-musl"),
  "linux-arm64-gnu": () => require("@onescope/linux-arm64-gnu"),
  "linux-arm64-musl": () => require("@onescope/linux-arm64-musl"),
  "darwin-arm64": () => require("@onescope/darwin-arm64"),
  "darwin-x64": () => require("@onescope/darwin-x64"),
  "win32-x64-msvc": () => require("@onescope/win32-x64-msvc"),
};

/**
 * Loads the addon: from `ONESCOPE_NATIVE_PATH` if that is set, else the one that a checkout has built beside this file, else from
 * the package of this platform.
 *
 * @returns {{ native?: Backend, reasons: string[] }} the addon, or every cause why there is none
 */
export function loadNative() {
  const given = ONESCOPE_NATIVE_PATH;
  if (given !== undefined) return firstOf([() => fromFile(resolve(given))]);
  const names = ownPlatforms().map(({ name }) => name);
  if (names.length === 0) {
    const all = PLATFORMS.map(({ name }) => name).join(", ");
    return { reasons: [`no addon is made for this platform, only for ${all}`] };
  }
  const built = names.map(addonPath).filter(exists);
  return firstOf(
    built.length > 0 ? built.map((path) => () => fromFile(path)) : names.map((name) => () => fromPackage(name)),
  );
}

/**
 * @param {Array<() => Backend>} candidates
 * @returns {{ native?: Backend, reasons: string[] }}
 */
function firstOf(candidates) {
  /** @type {string[]} */
  const reasons = [];
  for (const load of candidates) {
    try {
      return { native: load(), reasons: [] };
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  return { reasons };
}

/**
 * @param {string} path
 * @returns {Backend}
 */
function fromFile(path) {
  return load(path, path, () => {
    const module = { exports: {} };
    process.dlopen(module, toNamespacedPath(path));
    return module.exports;
  });
}

/**
 * @param {string} name of a platform
 * @returns {Backend}
 */
function fromPackage(name) {
  const id = packageOf(name);
  const path = find(id);
  try {
    return load(path ?? id, path, PACKAGES[name]);
  } catch (error) {
    const { code } = /** @type {{ code?: unknown }} */ (/** @type {Error} */ (error).cause ?? {});
    throw code === "MODULE_NOT_FOUND" ? new Error(missing(name)) : error;
  }
}

/**
 * @param {string} name as causes show it
 * @param {string | undefined} path of the file, if it is known
 * @param {() => unknown} open
 * @returns {Backend}
 * @throws {Error} the cause why it does not load
 */
function load(name, path, open) {
  let exports;
  try {
    const fault = path && faultIn(path);
    if (fault) throw new Error(fault);
    exports = open();
  } catch (cause) {
    throw new Error(`${name}: ${explain(cause)}`, { cause });
  }
  return toBackend(exports, name);
}

/** @param {any} error */
function explain({ code, message }) {
  if (code === "ENOENT") return "no such file";
  if (code === "ERR_ACCESS_DENIED") return "--permission denies to read it; set --allow-fs-read";
  if (code !== "ERR_DLOPEN_DISABLED") return message.replace(/\s+/g, " ");
  const { permission } = process;
  return permission?.has("addon") === false
    ? "--permission denies addons; set --allow-addons"
    : "--no-addons disables addons; remove it";
}

/**
 * @param {string} name of a platform
 * @returns {string} why its package is not found
 */
function missing(name) {
  const id = packageOf(name);
  const root = join(dirname(here), "../../..");
  if (!isPackage(root)) return `bundled: mark onescope external, or install ${id} where the bundle runs`;
  if (exists(join(root, "Cargo.toml"))) return `${addonPath(name)}: not built; run npm run setup`;
  const foreign = PLATFORMS.map((each) => packageOf(each.name)).filter((each) => find(each) !== undefined);
  return foreign.length > 0
    ? `${id} is not installed, but ${foreign.join(" and ")} is: node_modules is from another machine; install it on this one`
    : `${id} is not installed; install onescope on this machine, with optional dependencies`;
}

/** @param {string} root a folder */
function isPackage(root) {
  try {
    return JSON.parse(readFileSync(join(root, "package.json"), "utf8")).name === "onescope";
  } catch {
    return false;
  }
}

/**
 * @param {string} id of a package
 * @returns {string | undefined} its file; `undefined` where there is none, or where only a bundler knows
 */
function find(id) {
  try {
    const path = anyRequire.resolve(id);
    return isAbsolute(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} name of a platform */
function packageOf(name) {
  return `@onescope/${name}`;
}

/**
 * @param {string} name of a platform
 * @returns {string} where a checkout builds its addon
 */
export function addonPath(name) {
  return join(dirname(here), `onescope.${name}.node`);
}
