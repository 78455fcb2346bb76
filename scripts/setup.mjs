// Installs and builds everything that `npm start` and `npm test` need; does only what is out of date.

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { addonPath } from "../js/store/native/load.js";
import { ownPlatforms } from "../js/store/native/platforms.js";
import { buildEnvironment } from "./platforms/rust-flags.mjs";

/** Root of the repository. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The example app, whose packages the other apps share. */
export const EXAMPLE = join(ROOT, "examples/vinext-app");

/** What a build of an app is made from, besides its own sources. */
const BUILD_INPUTS = ["js/vite.js", "js/vite", "shims", "package.json"].map((path) => join(ROOT, path));

/** The addon, as the native loader finds it in a checkout. */
export const ADDON = addonPath(ownPlatforms()[0]?.name ?? fail(`${process.platform}-${process.arch} is not supported`));

/**
 * Sets everything up. Each step ends the process with the command's own output if it fails.
 *
 * @param {string[]} [packages] more folders with a lock file to install
 */
export async function setup(packages = []) {
  // Cargo works while npm does: it uses one core for most of its time.
  const addon = startAddonBuild();
  for (const directory of [ROOT, EXAMPLE, ...packages]) install(directory);
  await addon();
  linkVinext();
  buildApp({ directory: EXAMPLE, out: "dist", stock: false });
}

/** Specs and type checks import vinext by name, as the shims do: the one that the example has installed. */
function linkVinext() {
  const link = join(ROOT, "node_modules/vinext");
  if (!existsSync(link)) symlinkSync(join(EXAMPLE, "node_modules/vinext"), link, "junction");
}

/**
 * Builds a vinext app unless its sources and the plugin are those of the last build.
 *
 * @param {{ directory: string, out: string, stock: boolean }} options `out` is a folder of the app; `stock` leaves onescope
 *   out
 */
export function buildApp({ directory, out, stock }) {
  const hash = hashOf([directory, ...(stock ? [] : BUILD_INPUTS), join(EXAMPLE, "package-lock.json")], directory);
  const target = join(directory, out);
  const marker = join(target, ".built-from");
  if (existsSync(marker) && readFileSync(marker, "utf8") === hash) return;
  step(`building ${relative(ROOT, directory)}${stock ? " without onescope" : ""}`);
  // vinext writes to dist and nowhere else, so what is there moves aside for a build that goes elsewhere.
  const [dist, aside] = [join(directory, "dist"), join(directory, "dist-aside")];
  rmSync(aside, { recursive: true, force: true });
  if (target !== dist && existsSync(dist)) renameSync(dist, aside);
  const vite = join(directory, "node_modules/vite/bin/vite.js");
  run(node24(), [vite, "build"], directory, { EXAMPLE_STOCK: stock ? "1" : "0" });
  if (target !== dist) {
    rmSync(target, { recursive: true, force: true });
    renameSync(dist, target);
    if (existsSync(aside)) renameSync(aside, dist);
  }
  writeFileSync(marker, hash);
}

/** Path of the Node that serves and builds the example: vinext needs a newer one than may run this script. */
export function node24() {
  return join(ROOT, "node_modules/node-24/bin/node");
}

/** @param {string} directory a package with a lock file */
export function install(directory) {
  const hash = hashOf([join(directory, "package-lock.json"), join(directory, "package.json")]);
  const marker = join(directory, "node_modules/.installed-from");
  if (existsSync(marker) && readFileSync(marker, "utf8") === hash) return;
  step(`installing packages of ${directory === ROOT ? "onescope" : directory.slice(ROOT.length)}`);
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel", "error"], directory);
  mkdirSync(join(directory, "node_modules"), { recursive: true });
  writeFileSync(marker, hash);
}

/** @returns {() => Promise<void>} waits for the build, and puts the addon into place */
function startAddonBuild() {
  const { error } = spawnSync("cargo", ["--version"]);
  if (error !== undefined) {
    fail("cargo was not found: install Rust (https://rustup.rs) and run this again, to build the native addon");
  }
  if (!existsSync(ADDON)) step("building the native addon");
  // Cargo knows best whether anything changed, and is quick when nothing did.
  const cargo = spawn("cargo", ["build", "--release", "--quiet"], {
    cwd: ROOT,
    env: { ...process.env, ...buildEnvironment() },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const ended = once(cargo, "exit");
  return async () => {
    const [code] = await ended;
    if (code !== 0) fail("cargo build --release failed");
    const library = { darwin: "libonescope.dylib", win32: "onescope.dll" }[process.platform] ?? "libonescope.so";
    const built = join(ROOT, "target/release", library);
    if (existsSync(ADDON) && readFileSync(ADDON).equals(readFileSync(built))) return;
    // Renamed into place: a server that runs on the old file keeps it.
    copyFileSync(built, `${ADDON}.new`);
    renameSync(`${ADDON}.new`, ADDON);
  };
}

/**
 * @param {string[]} paths files and folders
 * @param {string} [base] folder that the names in the hash start from, so that a copy of a folder has the same
 * @returns {string} hash over the names and contents of all files, generated and installed ones aside
 */
export function hashOf(paths, base = ROOT) {
  const hash = createHash("sha256");
  const add = (path) => hash.update(relative(path.startsWith(base) ? base : ROOT, path)).update(readFileSync(path));
  const visit = (path) => {
    if (statSync(path).isFile()) return void add(path);
    for (const name of readdirSync(path).sort()) {
      if (!/^(node_modules|dist.*|\..*|next-env\.d\.ts|.*\.md)$/.test(name)) visit(join(path, name));
    }
  };
  for (const path of paths) visit(path);
  return hash.digest("hex");
}

/**
 * Runs a command; the process ends with the command's own output if it fails.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 * @param {Record<string, string>} [env]
 */
export function run(command, args, cwd, env = {}) {
  // What a step prints is of interest only when it fails.
  const options = { cwd, env: { ...process.env, ...env }, encoding: "utf8", maxBuffer: 2 ** 28 };
  const { status, error, stdout, stderr } = spawnSync(command, args, options);
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ""}${stderr ?? ""}`);
  fail(`${command} ${args.join(" ")} failed in ${cwd}${error ? `: ${error.message}` : ""}`);
}

/** @param {string} text */
export function step(text) {
  console.error(`onescope: ${text} …`);
}

/** @param {string} text */
function fail(text) {
  console.error(`onescope: ${text}`);
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await setup();
