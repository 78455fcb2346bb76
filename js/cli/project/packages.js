import { existsSync, readFileSync, realpathSync } from "node:fs";
import module from "node:module";
import { dirname, join } from "node:path";
import { ownPlatforms } from "../../store/native/platforms.js";

/**
 * @param {string} folder
 * @param {string} name
 * @param {string} [top] the highest folder to look in
 * @returns {string | undefined} folder of the package, as Node would find it from `folder`, also with Yarn's Plug'n'Play
 */
export function findPackage(folder, name, top) {
  const pnp = pnpOf(folder);
  if (pnp !== undefined) {
    try {
      return pnp.resolveToUnqualified(name, join(folder, "/"))?.replace(/[\\/]$/, "");
    } catch {
      return undefined;
    }
  }
  const found = join(folder, "node_modules", name);
  if (existsSync(join(found, "package.json"))) return realpathSync(found);
  const parent = dirname(folder);
  return parent === folder || folder === top ? undefined : findPackage(parent, name, top);
}

/**
 * @param {string} folder
 * @returns {{ resolveToUnqualified(name: string, issuer: string): string | null } | undefined}
 */
function pnpOf(folder) {
  // Yarn adds this function.
  const { findPnpApi } = /** @type {any} */ (module);
  return findPnpApi?.(join(folder, "package.json")) ?? undefined;
}

/**
 * @param {string} folder of a copy of onescope
 * @param {string} [top] the highest folder to look in
 * @returns {string | undefined} path of the addon that the copy would load on this machine
 */
export function addonOf(folder, top) {
  const names = ownPlatforms().map(({ name }) => name);
  const built = names.map((name) => join(folder, "js/store/native", `onescope.${name}.node`)).find(existsSync);
  if (built !== undefined) return built;
  for (const name of names) {
    const found = findPackage(folder, `@onescope/${name}`, top);
    if (found !== undefined && existsSync(join(found, "onescope.node"))) return join(found, "onescope.node");
  }
  return undefined;
}

/** @param {string} folder of a package */
export function versionOf(folder) {
  try {
    return String(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version);
  } catch {
    return "unknown";
  }
}
