import { closeSync, fstatSync, openSync, readSync } from "node:fs";

// What the header of a binary says. A file is read before it is loaded: the system may map a file that was cut short without a
// complaint, and end the process with SIGBUS once it touches what is missing.

/** Headers and their tables are at the start of a file; those of an addon take less. */
const HEAD_BYTES = 16_384;

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

/**
 * @param {string} path of an addon
 * @returns {string | undefined} why this process cannot load it
 */
export function faultIn(path) {
  const { head, size } = readHead(path);
  if (size === 0) return "the file is empty; install it again";
  /** @type {Binary | undefined} */
  let binary;
  try {
    binary = describeBinary(head);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return `the file is truncated: its header ends after ${size} bytes; install it again`;
  }
  if (binary === undefined) return "not a native addon: no header of an ELF, Mach-O or PE file";
  const { format, arch, end } = binary;
  const expected = process.platform === "darwin" || process.platform === "win32" ? process.platform : "linux";
  if (format !== expected || arch !== process.arch) {
    return `built for ${format}-${arch}, and this is ${process.platform}-${process.arch}; install it on this machine`;
  }
  if (end > size) return `the file is truncated: ${size} of at least ${end} bytes; install it again`;
  return undefined;
}

/** @param {string} path */
export function readHead(path) {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const head = Buffer.alloc(Math.min(size, HEAD_BYTES));
    return { size, head: head.subarray(0, readSync(file, head, 0, head.length, 0)) };
  } finally {
    closeSync(file);
  }
}

/**
 * @param {Buffer} head the start of a file
 * @returns {Binary | undefined} `undefined` for a file of another kind
 * @throws {RangeError} if the header goes on beyond it
 */
export function describeBinary(head) {
  const magic = head.length < 4 ? 0 : head.readUInt32BE(0);
  if (magic === 0x7f454c46) return describeElf(head);
  if (magic === 0xcffaedfe) return describeMachO(head);
  if (magic >>> 16 === 0x4d5a) return describePe(head);
  return undefined;
}

/**
 * @param {Buffer} head
 * @returns {Binary}
 */
function describeElf(head) {
  const isLittle64 = head.readUInt16BE(4) === 0x0201;
  if (!isLittle64) return { format: "linux", arch: "another architecture", end: 0 };
  const [programs, sections] = [u64(head, 32), u64(head, 40)];
  const [programBytes, programCount] = [head.readUInt16LE(54), head.readUInt16LE(56)];
  let end = sections + head.readUInt16LE(58) * head.readUInt16LE(60);
  let interpreter;
  for (let n = 0; n < programCount; n++) {
    const at = programs + n * programBytes;
    const [type, offset, length] = [head.readUInt32LE(at), u64(head, at + 8), u64(head, at + 32)];
    end = Math.max(end, offset + length);
    if (type === 3) interpreter = head.toString("latin1", offset, offset + length - 1);
  }
  return { format: "linux", arch: machine(ELF_MACHINES, head.readUInt16LE(18)), end, interpreter };
}

/**
 * @param {Buffer} head
 * @returns {Binary}
 */
function describeMachO(head) {
  const commands = head.readUInt32LE(16);
  let end = 0;
  let at = 32;
  for (let n = 0; n < commands; n++) {
    const isSegment = head.readUInt32LE(at) === 0x19;
    if (isSegment) end = Math.max(end, u64(head, at + 40) + u64(head, at + 48));
    at += Math.max(8, head.readUInt32LE(at + 4));
  }
  return { format: "darwin", arch: machine(MACH_MACHINES, head.readUInt32LE(4)), end };
}

/**
 * @param {Buffer} head
 * @returns {Binary | undefined}
 */
function describePe(head) {
  const start = head.readUInt32LE(60);
  if (head.readUInt32BE(start) !== 0x50450000) return undefined;
  const sections = start + 24 + head.readUInt16LE(start + 20);
  let end = 0;
  for (let n = 0; n < head.readUInt16LE(start + 6); n++) {
    const at = sections + n * 40;
    end = Math.max(end, head.readUInt32LE(at + 16) + head.readUInt32LE(at + 20));
  }
  return { format: "win32", arch: machine(PE_MACHINES, head.readUInt16LE(start + 4)), end };
}

/**
 * @param {Record<number, string>} names
 * @param {number} code
 */
function machine(names, code) {
  return names[code] ?? `machine ${code}`;
}

/**
 * @param {Buffer} head
 * @param {number} at
 */
function u64(head, at) {
  return Number(head.readBigUInt64LE(at));
}
