// macOS on arm64 ends a process that loads a library whose signature does not match. Linkers sign what they write; a tool that
// changes it afterwards, such as one that strips it, breaks that.

import { createHash } from "node:crypto";

const CODE_SIGNATURE = 0x1d;
const CODE_DIRECTORY = 0xfade0c02;

/**
 * @param {Buffer} library of macOS
 * @returns {string | undefined} what is wrong with its signature
 */
export function signatureProblem(library) {
  const signature = signatureOf(library);
  if (signature === undefined) return "it is not signed";
  const directory = directoryOf(signature);
  if (directory === undefined) return "its signature has no code directory";
  const [hashOffset, slots, codeLimit] = [16, 28, 32].map((at) => directory.readUInt32BE(at));
  const [hashSize, hashType, pageBits] = [36, 37, 39].map((at) => directory.readUInt8(at));
  if (hashType !== 2) return `its signature has hashes of type ${hashType}, not SHA-256`;
  const pageSize = 2 ** pageBits;
  for (let slot = 0; slot < slots; slot++) {
    const page = library.subarray(slot * pageSize, Math.min((slot + 1) * pageSize, codeLimit));
    const at = hashOffset + slot * hashSize;
    const signed = directory.subarray(at, at + hashSize);
    if (!createHash("sha256").update(page).digest().equals(signed))
      return `it was changed after it was signed (page ${slot})`;
  }
  return codeLimit === signature.byteOffset - library.byteOffset ? undefined : "its signature does not cover all of it";
}

/** @param {Buffer} library */
function signatureOf(library) {
  let at = 32;
  for (let n = library.readUInt32LE(16); n > 0; n--) {
    const [command, length] = [library.readUInt32LE(at), library.readUInt32LE(at + 4)];
    if (command === CODE_SIGNATURE) {
      const [offset, size] = [library.readUInt32LE(at + 8), library.readUInt32LE(at + 12)];
      return library.subarray(offset, offset + size);
    }
    at += length;
  }
}

/** @param {Buffer} signature a list of blobs */
function directoryOf(signature) {
  for (let n = 0; n < signature.readUInt32BE(8); n++) {
    const blob = signature.subarray(signature.readUInt32BE(16 + n * 8));
    if (blob.readUInt32BE(0) === CODE_DIRECTORY) return blob;
  }
}
