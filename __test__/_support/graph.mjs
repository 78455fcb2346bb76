import { realpathSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { CORE, STATE } from "../../js/vite/modules.js";
import { stockFile } from "./stock.mjs";

// Loads vinext's modules natively as a bundle of an app holds them: a copy of its own, in which ours replace those
// that the plugin replaces. A copy is recognised by the query of its modules' addresses.

const VINEXT = pathToFileURL(
  `${realpathSync(fileURLToPath(new URL(".", pathToFileURL(stockFile("index.js")))))}/`,
).href;
const OURS = new URL("../../shims/", import.meta.url).href;
const SHIM = /^shims\/(.+)\.js$/;

registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    const copy = copyOf(resolved.url) ?? copyOf(context.parentURL);
    const url = new URL(resolved.url);
    url.search = "";
    if (copy === undefined) return resolved;
    if (url.href.startsWith(VINEXT)) return { ...resolved, url: placeOf(url.href.slice(VINEXT.length), copy) };
    if (STATE.some((name) => url.href === `${OURS}${name}.js`)) return { ...resolved, url: `${url.href}?copy=${copy}` };
    return resolved;
  },
  load(url, context, next) {
    const loaded = next(url, context);
    if (!url.includes("/@vitejs/plugin-rsc/") || loaded.format !== "module") return loaded;
    // As Vite defines it in a build.
    return { ...loaded, source: `${loaded.source}`.replaceAll("import.meta.env", "{ DEV: false }") };
  },
});

/** @param {string | undefined} url */
function copyOf(url) {
  return url?.startsWith("file:") ? (new URL(url).searchParams.get("copy") ?? undefined) : undefined;
}

/**
 * @param {string} path below vinext's `dist`
 * @param {string} copy
 */
function placeOf(path, copy) {
  const name = SHIM.exec(path)?.[1] ?? "";
  if (!copy.startsWith("ours")) return `${VINEXT}${path}?copy=${copy}`;
  if (CORE.includes(name)) return `${OURS}${name}.js`;
  return STATE.includes(name) ? `${OURS}${name}.js?copy=${copy}` : `${VINEXT}${path}?copy=${copy}`;
}

/**
 * Loads some of vinext's modules in one copy.
 *
 * @param {string} copy its name; one that starts with `ours` holds our modules where the plugin puts them
 * @param {string[]} paths of modules below vinext's `dist`, without the extension
 * @returns {Promise<any>} what all of them export, in one object; default exports by path in `defaults`
 */
export async function loadCopy(copy, paths) {
  const exported = {};
  const defaults = {};
  for (const path of paths) {
    const { default: byDefault, ...named } = await import(`${VINEXT}${path}.js?copy=${copy}`);
    Object.assign(exported, named);
    defaults[path] = byDefault;
  }
  return { ...exported, defaults };
}
