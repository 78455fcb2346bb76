import { LAYOUT, LIMITS } from "../generated/slot-table.js";
import { CODES, literal, OnescopeError } from "../util/errors.js";

/** @import { SlotInfo } from "./native/contract.js" */
/** @import { RecordRef } from "./records.js" */

// How a native slot's value is stored in its field of a record: everything that JavaScript does by kind while it runs. In Rust
// it is in src/store/registry/kind.rs. Zeroed memory is "all defaults": a flag stores whether it differs from its default, an
// enum its distance from the default's place, a counter its difference from the default. The last code of a field says "other":
// the value is one that the kind does not have, and is kept on the JavaScript side.

const { otherByte: OTHER_BYTE, otherWord: OTHER_WORD } = LAYOUT.codes;
const { counterMax: COUNTER_MAX } = LIMITS;

/**
 * @param {SlotInfo} slot a native one
 * @param {RecordRef} record
 * @returns {boolean | string | number | null} `null` for a value that is kept on the JavaScript side
 */
export function readField(slot, record) {
  const offset = /** @type {number} */ (slot.field);
  if (slot.kind === "counter") {
    const code = record.$words[record.$base + LAYOUT.words.counters + offset];
    return code === OTHER_WORD ? null : (code >>> 0) + Number(slot.default);
  }
  const code = record.$bytes[record.$base * 4 + LAYOUT.bytes.fields + offset];
  if (code === OTHER_BYTE) return null;
  if (slot.kind === "flag") return (code === 1) !== slot.default;
  const variants = /** @type {Array<string | number>} */ (slot.variants);
  return variants[(code + variants.indexOf(/** @type {string | number} */ (slot.default))) % variants.length];
}

/**
 * @param {SlotInfo} slot a native one
 * @param {RecordRef} record
 * @param {unknown} value
 * @throws {OnescopeError} `ERR_ONESCOPE_SLOT_KIND` where the slot's kind does not have the value
 */
export function writeField(slot, record, value) {
  const code = encode(slot, value);
  const offset = /** @type {number} */ (slot.field);
  if (slot.kind === "counter") record.$words[record.$base + LAYOUT.words.counters + offset] = code;
  else record.$bytes[record.$base * 4 + LAYOUT.bytes.fields + offset] = code;
}

/**
 * @param {SlotInfo} slot a native one
 * @param {unknown} value
 * @returns {number} the field's code
 * @throws {OnescopeError} `ERR_ONESCOPE_SLOT_KIND` where the slot's kind does not have the value
 */
export function encode(slot, value) {
  const code = codeOf(slot, value);
  if (code !== undefined) return code;
  const message = `slot ${literal(slot.key)} cannot hold ${literal(value)}; expected ${expected(slot)}`;
  throw new OnescopeError(CODES.SLOT_KIND, message);
}

/**
 * @param {Pick<SlotInfo, "kind" | "default" | "variants">} slot a native one
 * @param {unknown} value
 * @returns {number | undefined} the field's code; `undefined` for a value outside the kind
 */
export function codeOf(slot, value) {
  switch (slot.kind) {
    case "flag":
      return typeof value === "boolean" ? Number(value !== slot.default) : undefined;
    case "enum": {
      const variants = /** @type {unknown[]} */ (slot.variants);
      const place = variants.indexOf(value);
      return place < 0 ? undefined : (place - variants.indexOf(slot.default) + variants.length) % variants.length;
    }
    case "counter": {
      if (!Number.isInteger(value) || Number(value) < Number(slot.default) || Number(value) > COUNTER_MAX)
        return undefined;
      return Number(value) - Number(slot.default);
    }
    default:
      return undefined;
  }
}

/**
 * @param {Pick<SlotInfo, "kind" | "default" | "variants">} slot a native one
 * @returns {string} the values that it can hold
 */
export function expected(slot) {
  if (slot.kind === "flag") return "true or false";
  if (slot.kind === "enum") return `one of ${slot.variants?.map(literal).join(", ")}`;
  return `an integer from ${slot.default} to ${COUNTER_MAX}`;
}
