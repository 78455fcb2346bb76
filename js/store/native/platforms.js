import { libc } from "./libc.js";

// The platforms that have an addon, each in a package of its own, which npm installs where `os`, `cpu` and `libc` match. The
// loader (load.js) and the scripts that build and pack the addons read this table.

/**
 * @typedef {object} Platform
 * @property {string} name such as `linux-x64-gnu`; the package is `@onescope/` and this
 * @property {"linux" | "darwin" | "win32"} platform as `process.platform`, and `os` of a package.json
 * @property {"x64" | "arm64"} arch as `process.arch`, and `cpu` of a package.json
 * @property {"gnu" | "musl"} [libc] Linux only: GNU's C library or musl
 * @property {string} target as Rust names it
 */

/** @type {readonly Readonly<Platform>[]} */
export const PLATFORMS = [
  { name: "linux-x64-gnu", platform: "linux", arch: "x64", libc: "gnu", target: "x86_64-unknown-linux-gnu" },
  { name: "linux-x64-musl", platform: "linux", arch: "x64", libc: "musl", target: "x86_64-unknown-linux-musl" },
  { name: "linux-arm64-gnu", platform: "linux", arch: "arm64", libc: "gnu", target: "aarch64-unknown-linux-gnu" },
  { name: "linux-arm64-musl", platform: "linux", arch: "arm64", libc: "musl", target: "aarch64-unknown-linux-musl" },
  { name: "darwin-arm64", platform: "darwin", arch: "arm64", target: "aarch64-apple-darwin" },
  { name: "darwin-x64", platform: "darwin", arch: "x64", target: "x86_64-apple-darwin" },
  { name: "win32-x64-msvc", platform: "win32", arch: "x64", target: "x86_64-pc-windows-msvc" },
];

/** @returns {Readonly<Platform>[]} those of this process: one, none, or both C libraries' if nothing says which it runs on */
export function ownPlatforms() {
  const own = PLATFORMS.filter(({ platform, arch }) => platform === process.platform && arch === process.arch);
  const ownLibc = own[0]?.libc && libc();
  return own.filter((each) => ownLibc === undefined || each.libc === ownLibc);
}
