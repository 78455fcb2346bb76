import { LAYOUT } from "../generated/slot-table.js";

// What tracked work has for the moment until it gets its record: of the same types, so that the object keeps its shape.

export const NO_WORDS = new Int32Array(LAYOUT.recordWords);
export const NO_BYTES = new Uint8Array(NO_WORDS.buffer);
