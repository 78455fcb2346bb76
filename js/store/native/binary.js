import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

// What the header of a binary says. A file is read before it is loaded: the system may map a file that was cut short without a
// complaint, and end the process with SIGBUS once it touches what is missing.

/** Tables are smaller, except in a damaged file. */
const MOST_BYTES = 4 * 2 ** 20;

/** A named pipe would otherwise be waited for. Windows has no such flag. */
const { O_RDONLY, O_NONBLOCK = 0 } = constants;

const ELF_MACHINES = /** @type {Record<number, string>} */ ({ 62: "x64", 183: "arm64" });
const MACH_MACHINES = /** @type {Record<number, string>} */ ({ 16777223: "x64", 16777228: "arm64" });
const PE_MACHINES = /** @type {Record<number, string>} */ ({ 34404: "x64", 43620: "arm64" });

/**
 * @typedef {object} Binary
 * @property {"linux" | "darwin" | "win32"} format the platform that has such files; other Unixes have Linux's
 * @property {string} arch
 * @property {number} end bytes that the file must have
 * @property {string} [interpreter] path of the program that loads it, which is part of a C library
 */

/** @typedef {(offset: number, length: number) => Buffer} Read throws a RangeError if the file ends before */

/**
 * @param {string} path of an addon
 * @returns {string | undefined} why this process cannot load it
 */
export function faultIn(path) {
  return withFile(path, (read, size) => {
    if (size === 0) return "the file is empty; install it again";
    /** @type {Binary | undefined} */
    let binary;
    try {
      binary = describeBinary(read);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return `the file is truncated: its header goes beyond its ${size} bytes; install it again`;
    }
    if (binary === undefined) return "not a native addon: no header of an ELF, Mach-O or PE file";
    const { format, arch, end } = binary;
    const expected = process.platform === "darwin" || process.platform === "win32" ? process.platform : "linux";
    if (format !== expected || arch !== process.arch) {
      return `built for ${format}-${arch}, and this is ${process.platform}-${process.arch}; install it on this machine`;
    }
    if (end > size) return `the file is truncated: ${size} of at least ${end} bytes; install it again`;
    return undefined;
  });
}

/**
 * @template T
 * @param {string} path
 * @param {(read: Read, size: number) => T} use
 * @returns {T}
 */
export function withFile(path, use) {
  const file = openSync(path, O_RDONLY | O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new Error("not a regular file");
    const { size } = stats;
    const read = (/** @type {number} */ offset, /** @type {number} */ length) => {
      if (offset + length > size || length > MOST_BYTES) throw new RangeError(`${path} has ${size} bytes`);
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(file, bytes, 0, length, offset));
    };
    return use(read, size);
  } finally {
    closeSync(file);
  }
}

/**
 * @param {Read} read
 * @returns {Binary | undefined} `undefined` for a file of another kind
 * @throws {RangeError} if its header goes beyond its end
 */
export function describeBinary(read) {
  const magic = read(0, 4).readUInt32BE(0);
  if (magic === 0x7f454c46) return describeElf(read);
  if (magic === 0xcffaedfe) return describeMachO(read);
  if (magic >>> 16 === 0x4d5a) return describePe(read);
  return undefined;
}

/**
 * @param {Read} read
 * @returns {Binary}
 */
function describeElf(read) {
  const header = read(0, 64);
  const isLittle64 = header.readUInt16BE(4) === 0x0201;
  if (!isLittle64) return { format: "linux", arch: "another architecture", end: 0 };
  const [entryBytes, entries] = [header.readUInt16LE(54), header.readUInt16LE(56)];
  // The table is usually next to the header, but patchelf moves it.
  const programs = read(u64(header, 32), entryBytes * entries);
  let end = u64(header, 40) + header.readUInt16LE(58) * header.readUInt16LE(60);
  let interpreter;
  for (let at = 0; at < programs.length; at += entryBytes) {
    const [type, offset, length] = [programs.readUInt32LE(at), u64(programs, at + 8), u64(programs, at + 32)];
    end = Math.max(end, offset + length);
    // Longer ones are damaged.
    if (type === 3 && length <= 4096) interpreter = read(offset, length).toString("latin1");
  }
  return { format: "linux", arch: machine(ELF_MACHINES, header.readUInt16LE(18)), end, interpreter };
}

/**
 * @param {Read} read
 * @returns {Binary}
 */
function describeMachO(read) {
  const header = read(0, 32);
  const commands = read(32, header.readUInt32LE(20));
  let end = 0;
  let at = 0;
  for (let n = 0; n < header.readUInt32LE(16); n++) {
    const isSegment = commands.readUInt32LE(at) === 0x19;
    if (isSegment) end = Math.max(end, u64(commands, at + 40) + u64(commands, at + 48));
    at += Math.max(8, commands.readUInt32LE(at + 4));
  }
  return { format: "darwin", arch: machine(MACH_MACHINES, header.readUInt32LE(4)), end };
}

/**
 * @param {Read} read
 * @returns {Binary | undefined}
 */
function describePe(read) {
  const start = read(60, 4).readUInt32LE(0);
  const header = read(start, 24);
  if (header.readUInt32BE(0) !== 0x50450000) return undefined;
  const sections = read(start + 24 + header.readUInt16LE(20), 40 * header.readUInt16LE(6));
  let end = 0;
  for (let at = 0; at < sections.length; at += 40) {
    end = Math.max(end, sections.readUInt32LE(at + 16) + sections.readUInt32LE(at + 20));
  }
  return { format: "win32", arch: machine(PE_MACHINES, header.readUInt16LE(4)), end };
}

/**
 * @param {Record<number, string>} names
 * @param {number} code
 */
function machine(names, code) {
  return names[code] ?? `machine ${code}`;
}

/**
 * @param {Buffer} bytes
 * @param {number} at
 */
function u64(bytes, at) {
  return Number(bytes.readBigUInt64LE(at));
}
