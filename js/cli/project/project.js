import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { readRequired, readText } from "./files.js";
import { packageManagerOf } from "./package-managers.js";

/** @import { PackageManager } from "./package-managers.js" */

/** By what package.json names; more than one may fit, and the first is what serves. */
const FRAMEWORKS = /** @type {const} */ ([
  ["vinext", ["vinext"]],
  ["next", ["next"]],
  ["nuxt", ["nuxt"]],
  ["nitro", ["nitro", "nitropack"]],
  ["nest", ["@nestjs/core"]],
  ["express", ["express"]],
  ["fastify", ["fastify"]],
  ["hono", ["hono"]],
  ["koa", ["koa"]],
]);

/** As people write them. */
export const NAMES = /** @type {const} */ ({
  vinext: "vinext",
  next: "Next.js",
  nuxt: "Nuxt",
  nitro: "Nitro",
  nest: "Nest",
  express: "Express",
  fastify: "Fastify",
  hono: "Hono",
  koa: "Koa",
  node: "Node.js",
});

/** @typedef {keyof typeof NAMES} Kind */

/** Kinds that start Node by a script of package.json; the others load onescope from a file that their build takes into the server. */
export const STARTED_BY_SCRIPT = new Set(["nest", "express", "fastify", "hono", "koa", "node"]);

/**
 * @typedef {object} Project
 * @property {string} folder
 * @property {Record<string, any>} manifest package.json
 * @property {string} manifestText
 * @property {Kind[]} kinds all that fit, the first is what serves; `node` alone where none does
 * @property {PackageManager} packageManager
 * @property {boolean} typescript
 * @property {boolean} workspaceRoot whether it is the root of a workspace
 * @property {(pattern: RegExp) => string | undefined} find name of a file of the folder
 * @property {(path: string) => boolean} has whether there is such a file or folder
 */

/**
 * @param {string} folder
 * @returns {Project | undefined} `undefined` without a package.json
 * @throws {OnescopeError} `ERR_ONESCOPE_PROJECT` if package.json is not one
 */
export function readProject(folder) {
  const path = join(folder, "package.json");
  if (!existsSync(path)) return undefined;
  const [manifestText, manifest] = readRequired("package.json", () => {
    const text = readText(path);
    return [text, parseManifest(text)];
  });
  const names = readdirSync(folder);
  return {
    folder,
    manifest,
    manifestText,
    kinds: kindsOf(manifest),
    packageManager: packageManagerOf(folder, manifest),
    typescript: names.includes("tsconfig.json") || Object.hasOwn(dependenciesOf(manifest), "typescript"),
    workspaceRoot: manifest.workspaces !== undefined || names.includes("pnpm-workspace.yaml"),
    find: (pattern) => names.find((name) => pattern.test(name)),
    has: (name) => existsSync(join(folder, name)),
  };
}

/**
 * @param {string} folder
 * @returns {string | undefined} the nearest folder above it with a package.json
 */
export function projectAbove(folder) {
  const parent = dirname(folder);
  if (parent === folder) return undefined;
  return existsSync(join(parent, "package.json")) ? parent : projectAbove(parent);
}

/**
 * @param {Project} project
 * @returns {boolean} whether it is the root of a workspace, and no app itself
 */
export function isBareWorkspace({ workspaceRoot, kinds, manifest }) {
  return workspaceRoot && kinds[0] === "node" && manifest.scripts?.start === undefined;
}

/** @param {unknown} value */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param {string} text */
function parseManifest(text) {
  const manifest = JSON.parse(text.replace(/^\uFEFF/, ""));
  if (!isObject(manifest)) throw new SyntaxError("it is not an object");
  for (const group of ["dependencies", "devDependencies", "optionalDependencies", "scripts"]) {
    if (Object.hasOwn(manifest, group) && !isObject(manifest[group]))
      throw new SyntaxError(`${group} is not an object`);
  }
  return manifest;
}

/**
 * @param {Record<string, any>} manifest
 * @returns {Record<string, string>} what is installed for the app, and to build it
 */
export function dependenciesOf({ dependencies, devDependencies, optionalDependencies }) {
  return { ...devDependencies, ...optionalDependencies, ...dependencies };
}

/** @param {Record<string, any>} manifest @returns {Kind[]} */
function kindsOf(manifest) {
  const names = dependenciesOf(manifest);
  const kinds = FRAMEWORKS.filter(([, packages]) => packages.some((name) => Object.hasOwn(names, name)));
  return kinds.length === 0 ? ["node"] : kinds.map(([kind]) => kind);
}
