import { LAYOUT } from "../../generated/slot-table.js";
import { createArena } from "./pages.js";
import { createRegistry } from "./registry.js";

/** Those of the addon that hold here too, under the same names. */
const LIMITS = Object.entries({
  contextsPerPage: LAYOUT.pageCells - 1,
  pageBytes: LAYOUT.pageBytes,
  labelBytes: LAYOUT.labelBytes,
  flagsAndEnums: LAYOUT.laneCount,
  counters: LAYOUT.counterCount,
  clockTickMs: LAYOUT.clockTickMs,
}).map(([name, value]) => ({ name, value }));

// The store without the addon: the same cells in ordinary memory, the same answers. What it cannot do is be seen from
// outside: registry and cells belong to one JavaScript thread.

/**
 * @param {readonly string[]} reasons why the native backend is not used
 * @returns {import("../native/contract.js").Backend}
 */
export function createFallback(reasons) {
  const { registerSlot, slots, slotInfo, nativeSlot, nativeSlots } = createRegistry();
  const notices = new Set();
  return {
    name: "js",
    reasons,
    layoutHash: () => LAYOUT.hash,
    registerSlot,
    slots,
    slotInfo,
    firstNotice: (name) => notices.size < notices.add(name).size,
    limits: () => LIMITS,
    ...createArena(nativeSlot, nativeSlots),
  };
}
