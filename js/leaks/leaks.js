import { lateReads } from "../request/late-reads.js";
import { backend } from "../store/backend.js";
import { readOptions, refuseOption } from "../util/options.js";
import { closedContexts } from "./sentinels.js";

/** @import { LeakGroup } from "../inspect.js" */

/** @type {typeof import("../inspect.js").leaks} */
export function leaks(options) {
  const { idleMs = 60_000 } = readOptions("leaks()", options, ["idleMs"]);
  if (!(typeof idleMs === "number" && idleMs >= 0)) refuseOption("leaks()", "idleMs", idleMs, "a non-negative number");
  const { held, ...rest } = threadLeaks();
  // Times are whole numbers of 32 bits.
  return { held, neverClosed: backend.neverClosed(Math.min(Math.ceil(idleMs), 2 ** 32 - 1)), ...rest };
}

/** The part that only this thread knows. */
export function threadLeaks() {
  const { held, ...rest } = closedContexts();
  return { held: [...grouped(held).values()].sort(byCount), lateReads: lateReads(), ...rest };
}

/**
 * @param {Array<{ label: string, ageMs: number }>} contexts
 * @returns {Map<string, LeakGroup>} by label
 */
function grouped(contexts) {
  /** @type {Map<string, LeakGroup>} */
  const groups = new Map();
  for (const { label, ageMs } of contexts) {
    const group = groups.get(label) ?? { label, count: 0, oldestMs: 0 };
    group.count++;
    group.oldestMs = Math.max(group.oldestMs, ageMs);
    groups.set(label, group);
  }
  return groups;
}

/**
 * @param {LeakGroup} a
 * @param {LeakGroup} b
 */
function byCount(a, b) {
  return b.count - a.count;
}
