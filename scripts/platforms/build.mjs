// Builds the addon of one platform.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "../setup.mjs";
import { appleLinker } from "./apple-sdk.mjs";
import { GLIBC_FLOOR } from "./check-addon.mjs";
import { buildEnvironment } from "./rust-flags.mjs";
import { addTarget, zigEnvironment } from "./toolchain.mjs";

/** @import { Platform } from "../../js/store/native/platforms.js" */

/** What cargo names the library. */
const LIBRARIES = { linux: "libonescope.so", darwin: "libonescope.dylib", win32: "onescope.dll" };

/**
 * How this machine can build for a platform: with the compiler that is there, with zig, with LLVM's linker, or not, so that Rust
 * only checks it.
 *
 * @param {Platform} platform
 * @returns {"cargo" | "zig" | "lld" | "check"}
 */
export function howToBuild({ platform }) {
  // Linux machines differ in their glibc, so Linux is built with zig's even there.
  if (process.platform === platform && platform !== "linux") return "cargo";
  // Linking for Windows needs Microsoft's libraries, which zig does not bring.
  if (platform === "win32") return "check";
  return platform === "darwin" ? "lld" : "zig";
}

/**
 * @param {Platform} platform
 * @param {ReturnType<typeof howToBuild>} how
 * @returns {string[]} flags of rustc
 */
function flagsFor({ platform, libc }, how) {
  // Rust links musl statically unless told otherwise, and a static library cannot be loaded.
  if (libc === "musl") return ["-Ctarget-feature=-crt-static"];
  if (platform !== "darwin") return [];
  // A library of macOS holds its name, which is its path unless told otherwise.
  const name = ["-install_name", "@rpath/onescope.node"];
  return how === "lld" ? name.map((word) => `-Clink-arg=${word}`) : [`-Clink-arg=-Wl,${name.join(",")}`];
}

/**
 * @param {Platform} platform
 * @returns {string | undefined} path of the library; `undefined` where only checked
 * @throws {Error} with what cargo printed if it fails
 */
export function build(platform) {
  const how = howToBuild(platform);
  addTarget(platform.target);
  const target = platform.libc === "gnu" ? `${platform.target}.${GLIBC_FLOOR}` : platform.target;
  const command = { cargo: "build", zig: "zigbuild", lld: "build", check: "check" }[how];
  const linker = how === "lld" ? appleLinker() : { flags: [], environment: {} };
  const environment = {
    ...(how === "zig" ? zigEnvironment() : linker.environment),
    ...buildEnvironment({ flags: [...flagsFor(platform, how), ...linker.flags] }),
  };
  const args = [
    command,
    "--release",
    "--lib",
    "--locked",
    "--quiet",
    "--target",
    how === "zig" ? target : platform.target,
  ];
  const { status, error } = spawnSync("cargo", args, {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (error !== undefined) throw new Error(`cargo was not found: install Rust (https://rustup.rs)`);
  if (status !== 0) throw new Error(`cargo ${args.join(" ")} failed`);
  const targetFolder = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");
  return how === "check" ? undefined : join(targetFolder, platform.target, "release", LIBRARIES[platform.platform]);
}
