import { LIMITS } from "../generated/slot-table.js";

// The coarse clock counts milliseconds in 32 bits and wraps after 49 days. JavaScript reads it as a signed number from typed
// arrays, so readings are never subtracted or ordered as they are: their difference is taken here, as in src/store/clock.rs.

const LONGEST_MS = 2 ** 32 - 1 - LIMITS.clockAheadMs;

/**
 * @param {number} then a reading of the clock; 0 for none
 * @param {number} now a later reading
 * @returns {number} ms between them; 0 without `then`, and where `then` is the later one
 */
export function elapsedMs(then, now) {
  if (then === 0) return 0;
  const elapsed = (now - then) >>> 0;
  return elapsed > LONGEST_MS ? 0 : elapsed;
}

/**
 * @param {number} ms since any moment
 * @returns {number} what a clock of 32 bits shows then; never 0, which means none
 */
export function reading(ms) {
  return Math.round(ms) | 0 || 1;
}
