export { registerSlot } from "./context/slots.js";
export { OnescopeError } from "./errors.js";
export { SlotStorage } from "./scope/slot-storage.js";
export { store } from "./store.js";

import { backend as chosen } from "./backend.js";

/** Which backend holds the store: `"native"` (Rust) or `"js"`. `store.reasons` says why it is not native. */
export const backend = chosen.name;
