import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { importsIn, textsIn } from "./files.js";
import { addonOf, findPackage } from "./packages.js";

/** @import { Kind } from "./project.js" */

/** In every copy of onescope's core. */
const OF_CORE = "ERR_ONESCOPE_SLOT_CONFLICT";

/** Folders that builds write to, by what builds there: the server's files, and a copy that needs no install. */
const OUTPUTS = /** @type {Array<[string, Kind | "any"]>} */ ([
  ["dist/server", "vinext"],
  ["dist/standalone", "vinext"],
  [".output/server", "any"],
  [".next", "next"],
  [".next/standalone", "next"],
  ["dist", "any"],
  ["build", "any"],
]);

const FILES = {
  files: /\.[cm]?js$/,
  skipped: /^(?:node_modules|cache|static|client|public|edge|dev|types|diagnostics)$/,
};

/**
 * @typedef {object} Build
 * @property {string} folder from the project's
 * @property {boolean} standalone whether it has packages of its own
 * @property {string[]} imports what its files import of onescope
 * @property {string | null} bundledIn a file that onescope was bundled into
 * @property {string | null} addon the addon that the build finds from where it is
 * @property {boolean} found whether it finds the package that it imports
 * @property {string[]} swapped vinext's modules that the plugin replaced
 * @property {string[]} kept those that are in the build as they are
 */

/**
 * @param {string} folder of a project
 * @param {readonly Kind[]} kinds
 * @param {boolean} standalone whether the folder has all packages that its server needs
 * @returns {Build[]} what is built, from what is in it
 */
export function examineBuilds(folder, kinds, standalone) {
  /** @type {Build[]} */
  const builds = [];
  for (const [path, kind] of OUTPUTS) {
    if (kind !== "any" && !kinds.includes(kind)) continue;
    // A framework's own folders are looked at one by one, and Nitro makes its output of vinext's.
    if (path === "dist" && kinds.includes("vinext")) continue;
    if (path === "dist/server" && existsSync(join(folder, ".output/server"))) continue;
    // The development server writes there too.
    const made = path === ".next" ? ".next/BUILD_ID" : path;
    if (existsSync(join(folder, made))) builds.push(examineBuild(folder, path, standalone ? folder : undefined));
  }
  return builds;
}

/**
 * @param {string} folder
 * @param {string} path
 * @param {string} [highest] the highest folder that has packages for it
 * @returns {Build}
 */
function examineBuild(folder, path, highest) {
  const root = join(folder, path);
  /** @type {Set<string>} */
  const imports = new Set();
  let importer = root;
  let bundledIn = null;
  for (const { path: name, text } of textsIn(root, FILES)) {
    if (path === ".next" && name.startsWith("standalone/")) continue;
    const found = importsIn(text);
    for (const each of found) imports.add(each);
    if (found.length > 0) importer = dirname(join(root, name));
    if (bundledIn === null && text.includes(OF_CORE))
      bundledIn = relative(folder, join(root, name)).replaceAll("\\", "/");
  }
  const standalone = path !== ".next" && existsSync(join(root, "node_modules"));
  // What has its own packages is copied elsewhere, where it has no others.
  const top = standalone ? root : highest;
  const onescope = findPackage(imports.size > 0 ? importer : root, "onescope", top);
  const from = bundledIn === null ? onescope : dirname(join(folder, bundledIn));
  return {
    folder: path,
    standalone,
    imports: [...imports].sort(),
    bundledIn,
    found: onescope !== undefined,
    addon: (from && addonOf(from, top)) ?? null,
    ...readReports(root),
  };
}

/**
 * @param {string} text of a file with a report's name, which another program may have written
 * @returns {{ swapped: string[], kept: string[] } | undefined}
 */
function parseReport(text) {
  const areNames = (/** @type {unknown} */ list) =>
    Array.isArray(list) && list.every((name) => typeof name === "string");
  try {
    const report = JSON.parse(text);
    return areNames(report.swapped) && areNames(report.kept) ? report : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} root
 * @returns {{ swapped: string[], kept: string[] }} what the plugin says that it did, in all server environments
 */
function readReports(root) {
  /** @type {Set<string>} */
  const swapped = new Set();
  /** @type {Set<string>} */
  const kept = new Set();
  for (const { text } of textsIn(root, { ...FILES, files: /^onescope\.json$/ })) {
    const report = parseReport(text);
    for (const name of report?.swapped ?? []) swapped.add(name);
    for (const name of report?.kept ?? []) kept.add(name);
  }
  return { swapped: [...swapped], kept: [...kept].filter((name) => !swapped.has(name)) };
}
