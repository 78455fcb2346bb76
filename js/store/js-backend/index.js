import { LAYOUT } from "../../generated/slot-table.js";
import { createArena } from "./pages.js";
import { createRegistry } from "./registry.js";

// The store without the addon: the same records in ordinary memory, the same results. But other threads cannot see it:
// registry and records belong to one JavaScript thread.

/**
 * @param {readonly string[]} reasons why the native backend is not used
 * @param {(name: string) => boolean} firstNotice
 * @returns {import("../native/contract.js").Backend}
 */
export function createFallback(reasons, firstNotice) {
  const { registerSlot, slots, slotInfo, nativeSlot, nativeSlots } = createRegistry();
  return {
    name: "js",
    reasons,
    layoutHash: () => LAYOUT.hash,
    registerSlot,
    slots,
    slotInfo,
    firstNotice,
    ...createArena(nativeSlot, nativeSlots),
  };
}
