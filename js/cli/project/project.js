import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

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

/** @type {Array<[RegExp, PackageManager["name"]]>} */
const LOCK_FILES = [
  [/^(?:package-lock|npm-shrinkwrap)\.json$/, "npm"],
  [/^pnpm-lock\.yaml$/, "pnpm"],
  [/^yarn\.lock$/, "yarn"],
  [/^bun\.lockb?$/, "bun"],
];

/**
 * @typedef {object} PackageManager
 * @property {"npm" | "pnpm" | "yarn" | "bun"} name
 * @property {string | undefined} lockFile path
 */

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
 * @throws {Error} if package.json is not JSON
 */
export function readProject(folder) {
  const path = join(folder, "package.json");
  if (!existsSync(path)) return undefined;
  const manifestText = readFileSync(path, "utf8");
  const manifest = parseManifest(manifestText);
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
 * @param {Project} project
 * @returns {boolean} whether it is the root of a workspace, and no app itself
 */
export function isBareWorkspace({ workspaceRoot, kinds, manifest }) {
  return workspaceRoot && kinds[0] === "node" && manifest.scripts?.start === undefined;
}

/** @param {string} text */
function parseManifest(text) {
  const manifest = JSON.parse(text.replace(/^\uFEFF/, ""));
  if (typeof manifest !== "object" || manifest === null || Array.isArray(manifest)) {
    throw new SyntaxError("it is not an object");
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

/**
 * @param {string} folder
 * @param {Record<string, any>} manifest
 * @returns {PackageManager}
 */
function packageManagerOf(folder, manifest) {
  const named = /^(npm|pnpm|yarn|bun)@/.exec(String(manifest.packageManager))?.[1];
  const found = lockFileOf(folder);
  const agent = /^(npm|pnpm|yarn|bun)\//.exec(process.env.npm_config_user_agent ?? "")?.[1];
  const name = /** @type {PackageManager["name"]} */ (named ?? found?.name ?? agent ?? "npm");
  return { name, lockFile: found?.path };
}

/**
 * @param {string} folder
 * @returns {{ name: PackageManager["name"], path: string } | undefined} the nearest, up to the repository's root
 */
function lockFileOf(folder) {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  for (const [pattern, name] of LOCK_FILES) {
    const file = names.find((each) => pattern.test(each));
    if (file !== undefined) return { name, path: join(folder, file) };
  }
  const parent = dirname(folder);
  return names.includes(".git") || parent === folder ? undefined : lockFileOf(parent);
}
