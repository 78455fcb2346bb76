import { BLANK_BYTES, BLANK_WORDS, holdsFields } from "../generated/context-fields.js";
import { LAYOUT } from "../generated/slot-table.js";
import { FIELD_WORDS } from "../store/records.js";
import { shared } from "../util/shared.js";

/** @import { Context } from "./request-context.js" */

// A child context that nothing looks at has no record until it changes a native field. Until then its fields are words that it shares
// with all children which started with the same values: a record takes longer than all else of making a child. Few sets of
// values occur, as flags differ by the kind of a request and not by the request; counters do, so with one in use a child gets
// a record at once.

/** Sets of values that are kept. */
const SETS = 8;

const sets = shared("borrowedFields", () => [{ words: BLANK_WORDS, bytes: BLANK_BYTES }]);

/**
 * Gives a new child context the parent's values of the built-in native fields without a record.
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
  const set = findSet(parent) ?? keepSet(parent);
  if (set === undefined) return false;
  child.$words = set.words;
  child.$bytes = set.bytes;
  return true;
}

/** @param {Context} parent */
function findSet({ $words, $base }) {
  for (let index = 0; index < sets.length; index++) {
    if (holdsFields(sets[index].words, $words, $base)) return sets[index];
  }
}

/** @param {Context} parent */
function keepSet({ $words, $base }) {
  if (sets.length === SETS) return undefined;
  const words = new Int32Array(LAYOUT.recordWords);
  for (let word = FIELD_WORDS.from; word < FIELD_WORDS.to; word++) words[word] = $words[$base + word];
  if (!holdsFields(words, $words, $base)) return undefined;
  const set = { words, bytes: new Uint8Array(words.buffer) };
  sets.push(set);
  return set;
}
