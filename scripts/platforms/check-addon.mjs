// What every addon that is published has to be: checked on the file, since most run on other machines than the one that built it.

import { homedir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describeBinary } from "../../js/store/native/binary.js";
import { ROOT } from "../setup.mjs";
import { signatureProblem } from "./mac-signature.mjs";

/** @import { Platform } from "../../js/store/native/platforms.js" */

/** The newest glibc that an addon may need: that of RHEL 7, older than any that Node 22 runs on. */
export const GLIBC_FLOOR = "2.17";

/** Most bytes of an addon, compressed: its package may have 900 000, and also holds the notices. */
const MAX_PACKED = 885_000;

/**
 * @param {Platform} platform
 * @param {Buffer} addon
 * @returns {{ glibc: string | undefined, problems: string[] }} `glibc` is the newest that it needs
 */
export function checkAddon(platform, addon) {
  const text = addon.toString("latin1");
  const glibc = newestGlibc(text);
  const paths = pathsIn(text);
  const problems = [
    isFor(platform, addon) ? undefined : `it is no library for ${platform.name}`,
    paths.length === 0
      ? undefined
      : `it names folders of the machine that built it, such as ${paths.slice(0, 3).join(", ")}`,
    platform.platform === "darwin" && platform.arch === "arm64" ? signatureProblem(addon) : undefined,
    ...libcProblems(platform, glibc),
  ];
  return { glibc, problems: problems.filter((problem) => problem !== undefined) };
}

/**
 * @param {Buffer} addon
 * @returns {{ packed: number, problems: string[] }} `packed` is its size in an archive
 */
export function checkSize(addon) {
  const packed = gzipSync(addon, { level: 9 }).length;
  const isSmall = packed <= MAX_PACKED;
  return { packed, problems: isSmall ? [] : [`it has ${packed} bytes packed, and ${MAX_PACKED} is the most`] };
}

/**
 * @param {Platform} platform
 * @param {Buffer} addon
 */
function isFor({ platform, arch }, addon) {
  const read = (/** @type {number} */ offset, /** @type {number} */ length) => {
    if (offset + length > addon.length) throw new RangeError("the file ends before");
    return addon.subarray(offset, offset + length);
  };
  try {
    const binary = describeBinary(read);
    return binary?.format === platform && binary.arch === arch && binary.end <= addon.length;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * @param {Platform} platform
 * @param {string | undefined} glibc
 */
function libcProblems({ libc }, glibc) {
  if (libc === "gnu" && glibc === undefined) return ["it does not use glibc"];
  if (libc === "gnu" && compareVersions(/** @type {string} */ (glibc), GLIBC_FLOOR) > 0) {
    return [`it needs glibc ${glibc}, and ${GLIBC_FLOOR} is the newest allowed`];
  }
  return libc !== "gnu" && glibc !== undefined ? [`it needs glibc ${glibc}`] : [];
}

/**
 * @param {string} text of an addon
 * @returns {string | undefined} the newest version among the symbols that it takes from glibc
 */
function newestGlibc(text) {
  const versions = [...text.matchAll(/\0GLIBC_(\d+(?:\.\d+)+)(?=\0)/g)].map(([, version]) => version);
  return versions.sort(compareVersions).at(-1);
}

/**
 * @param {string} a
 * @param {string} b
 */
function compareVersions(a, b) {
  return a.localeCompare(b, "en", { numeric: true });
}

/**
 * @param {string} text of an addon
 * @returns {string[]} paths in it that only exist where it was built
 */
export function pathsIn(text) {
  const folders = [homedir(), ROOT, process.env.CARGO_HOME, process.env.RUSTUP_HOME, process.env.CARGO_TARGET_DIR];
  const known = folders.filter((folder) => folder !== undefined && folder !== "/").map((folder) => join(folder, "/"));
  const found = text.matchAll(/[\w./\\:@+-]*[/\\](?:\.cargo|\.rustup|registry[/\\]src|rustlib)[/\\][\w./\\:@+-]*/g);
  const named = known.flatMap((folder) => {
    const at = text.indexOf(folder);
    return at === -1 ? [] : [text.slice(at, at + 120).replace(/[^\x20-\x7e].*/s, "")];
  });
  return [...new Set([...named, ...[...found].map(([path]) => path)])];
}
