import { LAYOUT } from "../generated/slot-table.js";
import { idOf, threadBlock } from "../store/records.js";
import { currentContext } from "../tracking/current-context.js";
import { keyOf } from "../util/copies.js";
import { witness } from "./stall-hooks.js";

// What a stuck thread says of itself. The inspector calls it in the middle of whatever the thread is at, so it changes
// nothing that the program could see, and is over soon: text is made in the thread that asks.

/** The name under which a watched thread publishes its answer on `globalThis`. Each layout counts threads by itself. */
export const ANSWER = Symbol.for(keyOf("stall.1"));

/** Frames that are taken; the reader drops Node's and keeps fewer. */
const FRAMES = 60;

/**
 * @typedef {object} ThreadAnswer
 * @property {number | null} seq handle of the context that is current, `null` for none
 * @property {number} beat the thread's word `beat`
 * @property {string} stack as `Error.prototype.stack` shows it
 */

/**
 * Publishes the answer of this thread.
 *
 * @param {number} thread its number in the store
 */
export function publishAnswer(thread) {
  /**
   * @param {number} asked number of the thread that is meant
   * @returns {ThreadAnswer | null} `null` if it is another one
   */
  const answer = (asked) => {
    if (asked !== thread) return null;
    const seq = currentSeq();
    if (seq !== null) witness.sees?.(seq);
    return { seq, beat: threadBlock()[LAYOUT.block.beat], stack: stack() };
  };
  Object.defineProperty(globalThis, ANSWER, { value: answer, configurable: true });
}

/** Takes the answer of this thread back. */
export function withdrawAnswer() {
  Reflect.deleteProperty(globalThis, ANSWER);
}

function currentSeq() {
  const context = currentContext();
  // One without a cell was never entered. Giving it a cell here could come in the middle of that very act.
  return context === undefined || context.$base === 0 ? null : (idOf(context) ?? null);
}

/** The stack as Node writes it, with source maps if they are on, whatever the program does to its own stacks. */
function stack() {
  const before = Object.getOwnPropertyDescriptors(Error);
  try {
    Object.assign(Error, { prepareStackTrace: undefined, stackTraceLimit: FRAMES });
    return String(new Error().stack);
  } catch {
    // With `--frozen-intrinsics` nobody can set these; there is a default.
    return String(new Error().stack);
  } finally {
    restore("prepareStackTrace", before);
    restore("stackTraceLimit", before);
  }
}

/**
 * @param {"prepareStackTrace" | "stackTraceLimit"} name
 * @param {Record<string, PropertyDescriptor>} before
 */
function restore(name, before) {
  if (before[name] === undefined) Reflect.deleteProperty(Error, name);
  else Reflect.defineProperty(Error, name, before[name]);
}
