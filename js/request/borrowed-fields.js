import { BLANK_BYTES, BLANK_WORDS } from "../generated/context-fields.js";
import { LAYOUT } from "../generated/slot-table.js";
import { shared } from "../util/shared.js";

/** @import { Context } from "./request-context.js" */

// A child context that nothing looks at has no record until it changes a native field. Until then its fields are words that it shares
// with all children which started with the same values: a record takes longer than all else of making a child. Few sets of
// values occur, as flags differ by the kind of a request and not by the request; counters do, so with one in use a child gets
// a record at once.

/** Sets of values that are kept. */
const SETS = 8;

/** Words of the flags and enums in a record, and of the counters. */
const FLAGS = { from: LAYOUT.bytes.fields / 4, to: (LAYOUT.bytes.fields + LAYOUT.fieldCount) / 4 };
const COUNTERS = { from: LAYOUT.words.counters, to: LAYOUT.words.counters + LAYOUT.counterCount };

const sets = shared("borrowedFields", () => [{ words: BLANK_WORDS, bytes: BLANK_BYTES }]);

/**
 * Gives a new child context the parent's values of native fields without a record.
 *
 * @param {Context} child
 * @param {Context} parent
 * @returns {boolean} false where the child needs a record
 */
export function borrowFields(child, parent) {
  if (parent.$base === 0) {
    child.$words = parent.$words;
    child.$bytes = parent.$bytes;
    return true;
  }
  const set = setOf(parent.$words, parent.$base);
  if (set === undefined) return false;
  child.$words = set.words;
  child.$bytes = set.bytes;
  return true;
}

/**
 * @param {Int32Array} words
 * @param {number} base
 */
function setOf(words, base) {
  for (let word = COUNTERS.from; word < COUNTERS.to; word++) if (words[base + word] !== 0) return undefined;
  for (const set of sets) if (holds(set.words, words, base)) return set;
  if (sets.length === SETS) return undefined;
  const copy = new Int32Array(LAYOUT.recordWords);
  for (let word = FLAGS.from; word < FLAGS.to; word++) copy[word] = words[base + word];
  const set = { words: copy, bytes: new Uint8Array(copy.buffer) };
  sets.push(set);
  return set;
}

/**
 * @param {Int32Array} set
 * @param {Int32Array} words
 * @param {number} base
 */
function holds(set, words, base) {
  for (let word = FLAGS.from; word < FLAGS.to; word++) if (set[word] !== words[base + word]) return false;
  return true;
}
