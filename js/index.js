import "#process";

export { SlotStorage } from "./async-context/slot-storage.js";
export { registerSlot } from "./request/slots.js";
export { store } from "./store.js";
export { OnescopeError } from "./util/errors.js";

import { backend as chosen } from "./store/backend.js";

/** Which backend holds the store: `"native"` (Rust) or `"js"`. `store.reasons` says why it is not native. */
export const backend = chosen.name;
