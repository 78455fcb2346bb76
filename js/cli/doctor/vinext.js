import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { compareModules } from "../../vite/check.js";
import { CORE, STATE } from "../../vite/modules.js";
import { textsIn } from "../project/files.js";
import { findPackage, versionOf } from "../project/packages.js";

const REGISTRY = "shims/internal/als-registry.js";

/**
 * Compares the vinext of an app with the versions that onescope knows, as the plugin does.
 *
 * @param {string} folder the app's
 * @returns {Promise<null | {
 *   version: string, path: string, replaced: string[], kept: string[], differences: string[],
 *   storages: { slots: string[], others: string[] },
 * }>} `null` without vinext
 */
export async function examineVinext(folder) {
  const path = findPackage(folder, "vinext");
  if (path === undefined) return null;
  const parse = await parserOf(folder);
  const shims = join(path, "dist/shims");
  const { replaced, differences } =
    parse === undefined
      ? { replaced: new Set(), differences: ["Vite is not installed, so the modules cannot be compared"] }
      : await compareModules(parse, shims);
  const all = [...CORE, ...STATE].filter((name) => existsSync(`${shims}/${name}.js`));
  return {
    version: versionOf(path),
    path,
    replaced: all.filter((name) => replaced.has(name)),
    kept: all.filter((name) => !replaced.has(name)),
    differences,
    storages: storagesOf(join(path, "dist"), replaced.has(CORE[0])),
  };
}

/**
 * @param {string} folder
 * @returns {Promise<((text: string) => import("../../vite/estree.js").Program) | undefined>} the parser of the app's Vite
 */
async function parserOf(folder) {
  try {
    const vite = createRequire(join(folder, "package.json")).resolve("vite");
    return (await import(pathToFileURL(vite).href)).parseAst;
  } catch {
    return undefined;
  }
}

/**
 * The storages that vinext makes, by key, or by module for those without a key.
 *
 * @param {string} dist
 * @param {boolean} isRegistryOurs whether the module that makes those with a key is replaced
 */
function storagesOf(dist, isRegistryOurs) {
  /** @type {Set<string>} */
  const keyed = new Set();
  /** @type {string[]} */
  const own = [];
  for (const { path: name, text } of textsIn(dist, { files: /\.js$/, skipped: /^node_modules$/ })) {
    for (const [, key] of text.matchAll(/getOrCreateAls\("([^"]+)"\)/g)) keyed.add(key);
    if (name !== REGISTRY && /new AsyncLocalStorage\b/.test(text)) own.push(name);
  }
  const keys = [...keyed].sort();
  return isRegistryOurs ? { slots: keys, others: own } : { slots: [], others: [...keys, ...own] };
}
