// The compilers for other platforms: Rust's targets from rustup, and zig, which links for all of them, from PyPI.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "../setup.mjs";

const REQUIREMENTS = fileURLToPath(new URL("requirements.txt", import.meta.url));

/** What the scripts for platforms install; Git ignores it. */
export const TOOLS = join(ROOT, "target/build-tools");

/** A virtual environment of Python. */
const VENV = join(TOOLS, "venv");

/**
 * @param {string} target of Rust
 * @throws {Error} if it is not there and cannot be installed
 */
export function addTarget(target) {
  const installed = run("rustup", ["target", "list", "--installed"], "install Rust with it: https://rustup.rs");
  if (installed.split("\n").includes(target)) return;
  run("rustup", ["target", "add", target], `rustup could not install Rust's library for ${target}`);
}

/**
 * Installs cargo-zigbuild and zig, unless the pinned versions are there.
 *
 * @returns {{ PATH: string }} the environment in which `cargo zigbuild` works
 * @throws {Error} if they cannot be installed
 */
export function zigEnvironment() {
  const marker = join(VENV, ".installed-from");
  const wanted = readFileSync(REQUIREMENTS, "utf8");
  if (!existsSync(marker) || readFileSync(marker, "utf8") !== wanted) {
    console.error("onescope: installing zig and cargo-zigbuild into target/build-tools …");
    pip(["install", "--requirement", REQUIREMENTS], "pip could not install cargo-zigbuild and zig from PyPI");
    writeFileSync(marker, wanted);
  }
  return { PATH: `${join(VENV, "bin")}${delimiter}${process.env.PATH}` };
}

/** @returns {string} the folder of zig */
export function ziglang() {
  zigEnvironment();
  const source = "import os, ziglang; print(os.path.dirname(ziglang.__file__))";
  return run(join(VENV, "bin/python"), ["-c", source], "zig is not installed").trim();
}

/**
 * Runs pip in the virtual environment, which is made if it is not there.
 *
 * @param {string[]} args
 * @param {string} hint what to do if it fails
 */
export function pip([command, ...args], hint) {
  const binary = join(VENV, "bin/pip");
  if (!existsSync(binary)) {
    mkdirSync(VENV, { recursive: true });
    run(
      "python3",
      ["-m", "venv", VENV],
      "install Python 3 with its venv module (Debian: apt-get install python3-venv)",
    );
  }
  run(binary, [command, "--quiet", "--disable-pip-version-check", ...args], hint);
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} hint what to do if it fails
 * @param {{ cwd?: string }} [options]
 * @returns {string} what it printed
 * @throws {Error} with the hint if it fails
 */
export function run(command, args, hint, { cwd = ROOT } = {}) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status === 0) return stdout;
  const missing = /** @type {NodeJS.ErrnoException | undefined} */ (error)?.code === "ENOENT";
  throw new Error(
    missing ? `${command} was not found; ${hint}` : `${hint}:\n${(stderr || stdout || `${error}`).trim()}`,
  );
}
