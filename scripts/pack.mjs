// `npm run pack`: makes what npm publishes, in `packed/`. The main package is the JavaScript; each platform has a package with
// the addon, which npm installs where `os`, `cpu` and `libc` match.

import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { PLATFORMS } from "../js/store/native/platforms.js";
import { sortArchive } from "./pack/archive.mjs";
import { compact } from "./pack/compact.mjs";
import { ADDONS, addonIn, hostPlatform } from "./platforms/addons.mjs";
import { mainManifest, platformManifest } from "./platforms/manifests.mjs";
import { ADDON, ROOT } from "./setup.mjs";

const USAGE = `usage: npm run pack [-- --host] [--addons DIR] [--out DIR]

Makes the packages in packed/, each as a folder and as an archive. Without --host, the addon of every platform has to be in
addons/, where npm run build:platforms puts it.

  --host        only this machine's platform, with the addon of npm run setup
  --addons DIR  take the addons from another folder than addons/
  --out DIR     another folder than packed/; packages of a former run in it are replaced`;

/** What joins modules of the staged main package. */
const JOINERS = ["pack/join.mjs", "pack/join-cli.mjs"].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** What a platform's package holds besides its manifest and the addon. */
const NOTICES = ["LICENSE", "THIRD-PARTY-NOTICES.md"];

/** @import { Platform } from "../js/store/native/platforms.js" */

/**
 * Stages and packs the main package and those of the platforms.
 *
 * @param {{ host?: boolean, platforms?: readonly Platform[], addons?: string, out?: string }} [options]
 * @returns {Record<string, string>} by package, the path of its archive; the platforms come first
 * @throws {Error} if an addon is missing
 */
export function pack({
  host = false,
  platforms = PLATFORMS,
  addons: folder = ADDONS,
  out = join(ROOT, "packed"),
} = {}) {
  const addons = host
    ? [{ platform: hostPlatform(), addon: ADDON }]
    : platforms.map((platform) => ({ platform, addon: addonIn(folder, platform) }));
  const missing = addons.filter(({ addon }) => !existsSync(addon));
  if (missing.length > 0) {
    const names = missing.map(({ platform }) => platform.name).join(", ");
    throw new Error(`no addon for ${names}; build it with ${host ? "npm run setup" : "npm run build:platforms"}`);
  }
  const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const packages = addons.map(({ platform, addon }) => ({
    manifest: platformManifest(platform, manifest),
    files: [...NOTICES.map((name) => [join(ROOT, name), name]), [addon, "onescope.node"]],
  }));
  packages.push({
    manifest: mainManifest(manifest, addons),
    files: filesOfMain().map((path) => [join(ROOT, path), path]),
  });
  const folders = packages.map((each) => stage(resolve(out, each.manifest.name), each));
  for (const joiner of JOINERS)
    execFileSync(process.execPath, [joiner, String(folders.at(-1))], { stdio: ["ignore", "ignore", "inherit"] });
  const archives = npmPack(folders, out).map(({ name, filename }) => ({ name, path: join(out, filename) }));
  for (const { path } of archives) sortArchive(path);
  return Object.fromEntries(archives.map(({ name, path }) => [name, path]));
}

/** Paths in the repository of what belongs to the main package, as `files` of its manifest chooses them. */
function filesOfMain() {
  const [{ files }] = npmPack([ROOT, "--dry-run"], ROOT);
  return files.map(({ path }) => path).filter((path) => path !== "package.json");
}

/**
 * @param {string} folder
 * @param {{ manifest: { name: string }, files: string[][] }} what `files` are pairs: from where, and the path in the package
 * @returns {string} the folder
 */
function stage(folder, { manifest, files }) {
  rmSync(folder, { recursive: true, force: true });
  for (const [from, path] of files) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(from, target);
    // The copy has the file's mode, which commands need.
    if (/\.m?js$/.test(path)) writeFileSync(target, compact(readFileSync(from, "utf8")));
  }
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return folder;
}

/**
 * @param {string[]} args
 * @param {string} cwd
 * @returns {{ name: string, filename: string, files: { path: string }[] }[]}
 */
function npmPack(args, cwd) {
  const options = /** @type {const} */ ({ cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const result = JSON.parse(execFileSync("npm", ["pack", ...args, "--json", "--ignore-scripts"], options));
  // npm 12 names the packages; before, it listed them.
  return Array.isArray(result) ? result : Object.values(result);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      host: { type: "boolean", default: false },
      addons: { type: "string" },
      out: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
  } else {
    try {
      for (const [name, path] of Object.entries(pack(values))) console.log(`${name}: ${path}`);
    } catch (error) {
      console.error(`onescope: ${error instanceof Error ? error.message : error}`);
      process.exitCode = 1;
    }
  }
}
