import { nameOf } from "../store/records.js";
import { shared } from "../util/shared.js";

/** Labels by which late reads are counted; further labels count as "other". */
const LABELS = 256;

const state = shared("lateReads", () => ({
  /** @type {Map<string, number>} */
  counts: new Map(),
  /** false while a context is copied, which reads every value and uses none */
  counting: true,
}));

/**
 * Counts a read of a value that was dropped as its request closed.
 *
 * @param {import("../store/records.js").RecordOwner} context
 */
export function countLateRead(context) {
  if (!state.counting) return;
  const name = nameOf(context);
  const label = state.counts.has(name) || state.counts.size < LABELS ? name : "other";
  state.counts.set(label, (state.counts.get(label) ?? 0) + 1);
}

/**
 * @template T
 * @param {() => T} fn called without its reads being counted
 * @returns {T}
 */
export function uncounted(fn) {
  const before = state.counting;
  state.counting = false;
  try {
    return fn();
  } finally {
    state.counting = before;
  }
}

/** @returns {Array<{ label: string, count: number }>} by label, the most first */
export function lateReads() {
  return [...state.counts].map(([label, count]) => ({ label, count })).sort((a, b) => b.count - a.count);
}
