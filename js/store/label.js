import { LAYOUT } from "../generated/slot-table.js";
import { clean } from "../util/safe-text.js";

/** @import { RecordRef } from "./records.js" */

// Labels are written into records in place, without a native call. Plain text goes byte by byte into a buffer of one label;
// what was encoded before, as routes are, stays where its encoded form is kept. From there one function writes it.

/** @typedef {{ words: Int32Array, length: number }} Label `length` in bytes; the words are padded with zeros */

const { words: WORD, bytes: BYTE, labelBytes } = LAYOUT;
const LABEL_WORDS = labelBytes / 4;

/** Units of UTF-16 in which there are as many characters as fit, whatever they are. */
const LONGEST = 2 * labelBytes;

/** What the byte `inner` says about a context's label; see `byte::INNER` in src/store/pages/record.rs. */
export const {
  ownLabel: OWN_LABEL,
  borrowedLabel: BORROWED_LABEL,
  pathLabel: PATH_LABEL,
  routeLabel: ROUTE_LABEL,
} = LAYOUT.codes;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Writes a label: nothing outside its own bytes changes, and nothing of the label before it is left.
 *
 * @param {RecordRef} to
 * @param {Int32Array} words padded with zeros
 * @param {number} from index of the label's first word
 * @param {number} length in bytes
 */
export function writeLabel({ $words, $bytes, $base }, words, from, length) {
  const size = Math.min(length, labelBytes);
  const used = (size + 3) >> 2;
  const to = $base + WORD.label;
  let at = 0;
  for (; at < used; at++) $words[to + at] = words[from + at];
  for (; at < LABEL_WORDS; at++) $words[to + at] = 0;
  $bytes[($base << 2) + BYTE.labelLength] = size;
}

/**
 * @param {string} text
 * @returns {Label} what fits of it into 64 bytes of UTF-8, cut between two characters; unsafe characters are "?", and lone
 *   surrogates U+FFFD
 */
export function encodeLabel(text) {
  const words = new Int32Array(LABEL_WORDS);
  // Cut first, so that a long text costs nothing.
  const { written } = encoder.encodeInto(clean(text.slice(0, LONGEST)), new Uint8Array(words.buffer));
  return { words, length: written };
}

/**
 * Gives a context its own label, which replaces a path, a route or its parent's label.
 *
 * @param {RecordRef} record
 * @param {Label} label
 */
export function writeName(record, { words, length }) {
  const at = (record.$base << 2) + BYTE.inner;
  const sort = record.$bytes[at];
  if (sort === PATH_LABEL || sort === ROUTE_LABEL) record.$bytes[at] = 0;
  else if (sort === BORROWED_LABEL) record.$bytes[at] = OWN_LABEL;
  writeLabel(record, words, 0, length);
}

/**
 * @param {RecordRef} record
 * @returns {string} its label, safe to show whatever is in the memory
 */
export function readLabel({ $bytes, $base }) {
  const from = ($base << 2) + BYTE.label;
  const length = Math.min($bytes[($base << 2) + BYTE.labelLength], labelBytes);
  return clean(decoder.decode($bytes.subarray(from, from + length)));
}
