import { LAYOUT } from "../generated/slot-table.js";
import { elapsedMs } from "../store/clock.js";
import { idOf } from "../store/records.js";
import { shared } from "../util/shared.js";

// Somebody in this thread who wants to know where it was stuck, such as `onescope/opentelemetry`. There is none unless
// somebody asked, and nothing here is called while the thread is not stuck, but for `turns`.

/** @typedef {import("../store/native/contract.js").Block} Block */
/** @typedef {import("../inspect.js").StallReport | import("../inspect.js").StallEndReport} Report */

/** The least that a watch tells: below it, a pause of the garbage collector or of a busy machine would be a stall. */
export const LEAST_MS = 100;

const { beat: BEAT, clock: CLOCK } = LAYOUT.block;

/** None of these may throw. */
export const witness = shared("witness", () => ({
  /**
   * Called inside the context that may be what the thread is stuck in, with its handle: by the inspector in the middle of
   * whatever runs, or after a blocking call has returned.
   *
   * @type {((seq: number) => void) | undefined}
   */
  sees: undefined,
  /** Called between two turns of the event loop, before the thread beats. @type {(() => void) | undefined} */
  turns: undefined,
  /** Called with each line of the watch, in the thread that started it. @type {((report: Report) => void) | undefined} */
  hears: undefined,
}));

/**
 * Tells that a blocking call is over.
 *
 * @param {import("../store/records.js").RecordOwner | undefined} context in which it was made
 * @param {Block} block of this thread
 */
export function callReturned(context, block) {
  if (witness.sees === undefined || context === undefined || blockedMs(block) < LEAST_MS) return;
  const seq = idOf(context);
  if (seq !== undefined) witness.sees(seq);
}

/**
 * @param {Block} block of this thread
 * @returns {number} ms since its event loop turned last, 0 if it has not turned yet
 */
export function blockedMs(block) {
  return elapsedMs(block[BEAT], block[CLOCK]);
}
