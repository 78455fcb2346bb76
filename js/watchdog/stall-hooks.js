import { LAYOUT } from "../generated/slot-table.js";
import { elapsedMs } from "../store/clock.js";
import { idOf } from "../store/records.js";
import { shared } from "../util/shared.js";

/** @import { StallEndReport, StallReport } from "../inspect.js" */
/** @import { Block } from "../store/native/contract.js" */

// What this thread calls when it was blocked. `onescope/opentelemetry` sets them; nothing else does. Only `onTick` is called
// while the thread is not blocked.

/** @typedef {StallReport | StallEndReport} Report */

/** The shortest stall that a watch reports: below it, a pause of the garbage collector or of a busy machine would be a stall. */
export const LEAST_MS = 100;

const { heartbeat: HEARTBEAT, clock: CLOCK } = LAYOUT.block;

/** None of these may throw. */
export const stallHooks = shared("stall-hooks", () => ({
  /**
   * Called inside the context that may block the thread, with its id: by the inspector in the middle of
   * whatever runs, or after a blocking call has returned.
   *
   * @type {((id: number) => void) | undefined}
   */
  onProbe: undefined,
  /** Called between two turns of the event loop, before the thread writes its heartbeat. @type {(() => void) | undefined} */
  onTick: undefined,
  /** Called with each report of the watch, in the thread that started it. @type {((report: Report) => void) | undefined} */
  onReport: undefined,
}));

/**
 * A blocking call is over.
 *
 * @param {import("../store/records.js").RecordOwner | undefined} context in which it was made
 * @param {Block} block of this thread
 */
export function callReturned(context, block) {
  if (stallHooks.onProbe === undefined || context === undefined || blockedMs(block) < LEAST_MS) return;
  const id = idOf(context);
  if (id !== undefined) stallHooks.onProbe(id);
}

/**
 * @param {Block} block of this thread
 * @returns {number} ms since its event loop turned last, 0 if it has not turned yet
 */
export function blockedMs(block) {
  return elapsedMs(block[HEARTBEAT], block[CLOCK]);
}
