import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pack } from "../../scripts/pack.mjs";

// The package as users get it: the main package, and the one with this machine's addon.

/** @type {{ folder: string, archives: Record<string, string> } | undefined} */
let packages;

/**
 * Packs both packages, once per process; they are removed when it ends.
 *
 * @returns {{ folder: string, archives: Record<string, string> }} a folder with what is in each package, at its name, and by
 *   name the path of its archive
 */
export function packed() {
  if (packages === undefined) {
    const folder = mkdtempSync(join(realpathSync(tmpdir()), "onescope-packed-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    packages = { folder, archives: pack({ host: true, out: folder }) };
  }
  return packages;
}

/**
 * Has npm install both packages into an app, from their archives.
 *
 * @param {string} app a folder; it gets a package.json if it has none
 * @param {{ addon?: boolean, args?: string[] }} [options] without `addon`, only the main package; `args` are further ones of
 *   `npm install`
 */
export function installPacked(app, { addon = true, args = [] } = {}) {
  const { onescope, ...platforms } = packed().archives;
  const manifest = join(app, "package.json");
  if (!existsSync(manifest)) writeFileSync(manifest, JSON.stringify({ private: true, type: "module" }));
  const quiet = ["--no-audit", "--no-fund", "--loglevel", "error"];
  const given = addon ? [onescope, ...Object.values(platforms)] : [onescope, "--omit=optional"];
  execFileSync("npm", ["install", ...quiet, ...given, ...args], { cwd: app, encoding: "utf8" });
}
