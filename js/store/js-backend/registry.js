import { LAYOUT, LIMITS, SLOT_KINDS, SLOTS } from "../../generated/slot-table.js";
import { CODES, literal, OnescopeError } from "../../util/errors.js";
import { codeOf, expected } from "../slot-codec.js";
import { checkNumber } from "./numbers.js";

/** @import { SlotInfo, SlotSpec } from "../native/contract.js" */

// The rules are those of src/store/registry; the specs in __test__/store/store.spec.mjs hold both backends to them.

const { enumVariants, keyBytes } = LIMITS;
const KINDS = Object.keys(SLOT_KINDS);

export function createRegistry() {
  /** @type {SlotInfo[]} in order of id, which counts from 1 */
  const list = SLOTS.map((slot) => /** @type {SlotInfo} */ ({ ...slot }));
  const byKey = new Map(list.map((slot) => [slot.key, slot]));
  const used = {
    byte: list.filter((slot) => slot.native && SLOT_KINDS[slot.kind].field === "byte").length,
    counter: list.filter((slot) => slot.native && SLOT_KINDS[slot.kind].field === "counter").length,
  };

  /** @param {number} id */
  const slotOf = (id) => {
    checkNumber(id);
    const slot = list[id - 1];
    if (slot !== undefined) return slot;
    throw new OnescopeError(
      CODES.SLOT_UNKNOWN,
      `no slot has the id ${id}; use an id that registerSlot() returned or store.slots() lists`,
    );
  };

  return {
    /** @param {SlotSpec} given */
    registerSlot(given) {
      const spec = complete(given);
      const known = byKey.get(spec.key);
      if (known !== undefined) {
        if (print(known) === print(spec)) return known.id;
        throw new OnescopeError(
          CODES.SLOT_CONFLICT,
          `slot ${literal(spec.key)} is already registered as ${print(known)}, so it cannot become ${print(spec)}; ` +
            "use the same spec everywhere or another key",
        );
      }
      const native = spec.lifetime === "request" && SLOT_KINDS[spec.kind].field !== undefined;
      const slot = { ...spec, id: list.length + 1, native };
      if (native) slot.field = takeField(slot, used);
      list.push(slot);
      byKey.set(slot.key, slot);
      return slot.id;
    },

    slots: () => structuredClone(list),

    /** @param {number} id */
    slotInfo: (id) => structuredClone(slotOf(id)),

    nativeSlots: () => list.filter((slot) => slot.native),

    /** @param {number} id */
    nativeSlot(id) {
      const slot = slotOf(id);
      if (slot.native) return slot;
      throw new OnescopeError(
        CODES.SLOT_KIND,
        `slot ${literal(slot.key)} is not native (kind "${slot.kind}", lifetime "${slot.lifetime}"); read it in JavaScript`,
      );
    },
  };
}

/**
 * @param {SlotSpec} spec
 * @param {{ byte: number, counter: number }} used
 */
function takeField(spec, used) {
  const sort = SLOT_KINDS[spec.kind].field === "counter" ? "counter" : "byte";
  const limit = sort === "counter" ? LAYOUT.counterCount : LAYOUT.fieldCount;
  if (used[sort] === limit) {
    throw new OnescopeError(
      CODES.FIELDS_FULL,
      `no room for slot ${literal(spec.key)}: all ${limit} native ` +
        `${sort === "counter" ? "counters" : "flags and enums"} are in use; register it with lifetime "scope" or as a "value"`,
    );
  }
  return used[sort]++;
}

/**
 * Checks a spec and fills in what it leaves out, in the order of src/binding/registry.rs.
 *
 * @param {SlotSpec} given
 * @returns {Required<Pick<SlotInfo, "key" | "kind" | "lifetime" | "inChild">> & Partial<SlotInfo>}
 */
function complete(given) {
  let key = "";
  /** @type {(reason: string) => never} */
  const refuse = (reason) => {
    throw new OnescopeError(CODES.SLOT_SPEC, `invalid spec of slot ${literal(key)}: ${reason}`);
  };
  /** @param {keyof SlotSpec} name */
  const text = (name) => {
    const value = given[name];
    if (value === undefined || typeof value === "string") return value;
    return refuse(`"${name}" must be a string, not ${literal(value)}`);
  };
  /** @param {keyof SlotSpec} name */
  const required = (name) => text(name) ?? refuse(`"${name}" is missing`);
  const { variants, default: value } = given;
  key = required("key");
  if (variants !== undefined) checkTypes(variants, refuse);
  const kind = /** @type {SlotSpec["kind"]} */ (required("kind"));
  if (variants !== undefined && kind !== "enum") {
    refuse(`"variants" is for the kind "enum", not ${literal(kind)}`);
  }
  if (!KINDS.includes(kind)) refuse(`kind ${literal(kind)} is unknown; expected one of ${KINDS.join(", ")}`);
  const lifetime = /** @type {SlotSpec["lifetime"]} */ (required("lifetime"));
  if (!["scope", "request"].includes(lifetime)) {
    refuse(`lifetime ${literal(lifetime)} is unknown; expected scope or request`);
  }
  const inChild = /** @type {NonNullable<SlotSpec["inChild"]>} */ (text("inChild") ?? "inherit");
  if (!["inherit", "reset"].includes(inChild))
    refuse(`inChild ${literal(inChild)} is unknown; expected inherit or reset`);
  if (!isScalar(value)) refuse(`"default" must be null, a boolean, a number or a string, not ${literal(value)}`);
  const bytes = Buffer.byteLength(key);
  if (bytes < 1 || bytes > keyBytes) refuse(`the key has ${bytes} bytes; expected 1 to ${keyBytes}`);
  const spec = { key, kind, lifetime, inChild };
  if (kind === "enum") {
    const copy = [...(variants ?? [])];
    return { ...spec, variants: copy, default: checkVariants(copy, value, refuse) };
  }
  if (kind === "lazy") {
    if (lifetime !== "request") refuse('the kind "lazy" requires the lifetime "request"');
    if (value !== undefined) refuse(`the kind "lazy" cannot have a default; omit ${literal(value)}`);
    return spec;
  }
  const slot = { ...spec, default: SLOT_KINDS[kind].default };
  if (value === undefined) return slot;
  if (SLOT_KINDS[kind].field !== undefined) {
    if (codeOf(slot, value) === undefined)
      refuse(`the default of a ${kind} is ${expected(slot)}, not ${literal(value)}`);
  } else if (typeof value === "number" && !Number.isFinite(value)) {
    refuse(`the default of a value is null, a boolean, a string or a finite number, not ${literal(value)}`);
  }
  return { ...slot, default: value };
}

/** @param {unknown} value */
function isScalar(value) {
  return value === null || ["undefined", "boolean", "number", "string"].includes(typeof value);
}

/**
 * @param {unknown} variants
 * @param {(reason: string) => never} refuse
 */
function checkTypes(variants, refuse) {
  if (!Array.isArray(variants)) return refuse(`"variants" must be an array, not ${literal(variants)}`);
  for (const variant of variants) {
    if (!isScalar(variant)) refuse(`variant ${literal(variant)} is neither a string nor an integer`);
  }
}

/**
 * @param {Array<string | number>} variants
 * @param {unknown} value the default as given
 * @param {(reason: string) => never} refuse
 */
function checkVariants(variants, value, refuse) {
  if (variants.length < 1 || variants.length > enumVariants) {
    refuse(`an enum has 1 to ${enumVariants} variants, not ${variants.length}`);
  }
  for (const [index, variant] of variants.entries()) {
    if (typeof variant !== "string" && !Number.isSafeInteger(variant)) {
      refuse(`variant ${literal(variant)} is neither a string nor an integer`);
    }
    if (variants.indexOf(variant) !== index) refuse(`variant ${literal(variant)} is listed twice`);
  }
  const first = /** @type {string | number} */ (value === undefined ? variants[0] : value);
  if (!variants.includes(first)) refuse(`the default ${literal(value)} is not one of the variants`);
  return first;
}

/**
 * The spec as an object literal: what a conflict shows, and what specs are compared by.
 *
 * @param {Partial<SlotInfo>} slot
 */
function print({ key, kind, variants, lifetime, default: value, inChild }) {
  const parts = [`key: ${literal(key)}`, `kind: "${kind}"`];
  if (variants !== undefined) parts.push(`variants: [${variants.map(literal).join(", ")}]`);
  parts.push(`lifetime: "${lifetime}"`, `default: ${literal(value)}`, `inChild: "${inChild}"`);
  return `{ ${parts.join(", ")} }`;
}
