import { LAYOUT } from "../../generated/slot-table.js";
import { createArena } from "./pages.js";
import { createRegistry } from "./registry.js";

// The store without the addon: the same records in ordinary memory, the same results. But other threads cannot see it:
// registry and records belong to one JavaScript thread.

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
    ...createArena(nativeSlot, nativeSlots),
  };
}
