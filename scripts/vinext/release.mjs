import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { EXAMPLE } from "../setup.mjs";

// Releases of vinext, from npm.

const run = promisify(execFile);

/** Below the packages that vinext imports, so that a release in it finds them. */
export const CACHE = join(EXAMPLE, "node_modules/.cache/vinext");

/** A release could not be fetched. */
export class FetchError extends Error {}

/**
 * The folder of a release's package: the example's, if that is this version, else one in the cache, fetched if it is not
 * there yet.
 *
 * @param {string} version
 * @param {{ cache?: string, progress?: (line: string) => void }} [options]
 * @returns {Promise<string>}
 * @throws {FetchError} if npm does not have it or cannot be reached
 */
export async function fetchRelease(version, { cache = CACHE, progress = () => {} } = {}) {
  const installed = join(EXAMPLE, "node_modules/vinext");
  if (versionOf(installed) === version) return realpathSync(installed);
  const folder = join(cache, version, "package");
  if (existsSync(folder)) return folder;
  progress(`fetching vinext ${version}`);
  mkdirSync(cache, { recursive: true });
  const temporary = mkdtempSync(join(cache, "fetch-"));
  try {
    const [{ filename }] = await npm(["pack", `vinext@${version}`, "--ignore-scripts"], temporary);
    await run("tar", ["-xzf", filename], { cwd: temporary });
    mkdirSync(join(cache, version), { recursive: true });
    renameSync(join(temporary, "package"), folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return folder;
}

/** @param {string} folder of a package */
function versionOf(folder) {
  const file = join(folder, "package.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).version : undefined;
}

/**
 * @returns {Promise<string[]>} the versions on npm, oldest first
 * @throws {FetchError} if npm cannot be reached
 */
export async function publishedVersions() {
  return [await npm(["view", "vinext", "versions"], EXAMPLE)].flat();
}

/**
 * @param {string[]} args
 * @param {string} cwd
 * @returns {Promise<any>} what npm prints
 */
async function npm(args, cwd) {
  try {
    const options = { cwd, maxBuffer: 2 ** 26, shell: process.platform === "win32" };
    const { stdout } = await run(
      "npm",
      [...args, "--json", "--fetch-retries=1", "--fetch-retry-mintimeout=500", "--loglevel=error"],
      options,
    );
    return JSON.parse(stdout);
  } catch (error) {
    throw new FetchError(describe(/** @type {any} */ (error)), { cause: error });
  }
}

/** What npm says of its failure. @param {{ stdout?: string, stderr?: string, message: string }} error */
function describe({ stdout = "", stderr = "", message }) {
  let response;
  try {
    ({ error: response } = JSON.parse(stdout));
  } catch {
    return `npm failed: ${(stderr.trim() || message).split("\n").slice(0, 4).join(" ")}`;
  }
  const { code, summary } = response;
  if (code === "ETARGET" || code === "E404") return "npm has no such version; `npm run vinext` lists the newest";
  return `npm could not be reached (${code}: ${summary.trim().split("\n")[0]})`;
}
