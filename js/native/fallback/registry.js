import { CODES, OnescopeError } from "../../errors.js";
import { LAYOUT, SLOTS } from "../../generated/slot-table.js";

// The rules are those of src/registry; the specs in __test__/store.spec.mjs hold both backends to them.

/** @typedef {import("../contract.js").SlotSpec} SlotSpec */
/** @typedef {import("../contract.js").SlotInfo} SlotInfo */

const KINDS = ["value", "flag", "enum", "counter", "list", "set", "map", "weakMap", "lazy"];
const NATIVE = ["flag", "enum", "counter"];
const COLLECTIONS = ["list", "set", "map", "weakMap", "lazy"];

export function createRegistry() {
  /** @type {SlotInfo[]} in order of id, which counts from 1 */
  const list = SLOTS.map((slot) => /** @type {SlotInfo} */ ({ ...slot }));
  const byKey = new Map(list.map((slot) => [slot.key, slot]));
  const used = {
    byte: list.filter((slot) => slot.native && slot.kind !== "counter").length,
    counter: list.filter((slot) => slot.kind === "counter").length,
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
          `slot "${spec.key}" is already registered as ${print(known)}, so it cannot become ${print(spec)}; ` +
            "use the same spec everywhere or another key",
        );
      }
      const native = spec.lifetime === "request" && NATIVE.includes(spec.kind);
      const slot = { ...spec, id: list.length + 1, native };
      if (native) slot.lane = takeLane(slot, used);
      list.push(slot);
      byKey.set(slot.key, slot);
      return slot.id;
    },

    slots: () => list.map((slot) => ({ ...slot })),

    /** @param {number} id */
    nativeSlot(id) {
      const slot = list[id - 1];
      if (slot === undefined) {
        throw new OnescopeError(
          CODES.SLOT_UNKNOWN,
          `no slot has the id ${id}; use an id that registerSlot() returned or slots() lists`,
        );
      }
      if (slot.native) return slot;
      throw new OnescopeError(
        CODES.SLOT_KIND,
        `slot "${slot.key}": a "${slot.kind}" slot with lifetime "${slot.lifetime}" is not native; read it in JavaScript`,
      );
    },
  };
}

/**
 * @param {SlotSpec} spec
 * @param {{ byte: number, counter: number }} used
 */
function takeLane(spec, used) {
  const sort = spec.kind === "counter" ? "counter" : "byte";
  const limit = sort === "counter" ? LAYOUT.counterCount : LAYOUT.laneCount;
  if (used[sort] === limit) {
    throw new OnescopeError(
      CODES.CELL_FULL,
      `slot "${spec.key}" needs a ${sort} lane and all ${limit} are taken; ` +
        'register it with lifetime "scope" or as a "value"',
    );
  }
  return used[sort]++;
}

/**
 * Checks a spec and fills in what it leaves out.
 *
 * @param {SlotSpec} spec
 * @returns {Required<Pick<SlotInfo, "key" | "kind" | "lifetime" | "onFork">> & Partial<SlotInfo>}
 */
function complete({ key, kind, lifetime, default: value, variants, factory, onFork = "inherit" }) {
  /** @type {(reason: string) => never} */
  const refuse = (reason) => {
    throw new OnescopeError(CODES.SLOT_SPEC, `the spec of slot "${key}" is not valid: ${reason}`);
  };
  const bytes = typeof key === "string" ? Buffer.byteLength(key) : 0;
  if (bytes < 1 || bytes > 200) refuse(`the key has ${bytes} bytes; expected 1 to 200`);
  if (!KINDS.includes(kind)) refuse(`kind "${kind}" is unknown; expected ${KINDS.join(", ")}`);
  if (lifetime !== "scope" && lifetime !== "request")
    refuse(`lifetime "${lifetime}" is unknown; expected scope or request`);
  if (onFork !== "inherit" && onFork !== "reset") refuse(`onFork "${onFork}" is unknown; expected inherit or reset`);
  if (variants !== undefined && kind !== "enum") refuse(`"variants" belong to the kind "enum", not to "${kind}"`);
  if (factory !== undefined && kind !== "lazy") refuse(`"factory" belongs to the kind "lazy", not to "${kind}"`);
  if (kind === "lazy" && !factory) refuse('the kind "lazy" needs the name of a "factory"');
  if (COLLECTIONS.includes(kind) && value !== undefined)
    refuse(`the kind "${kind}" has no default, so ${value} cannot be one`);
  const spec = { key, kind, lifetime, onFork };
  switch (kind) {
    case "value":
      if (typeof value === "number" && !Number.isFinite(value)) refuse("the default must be a finite number");
      return { ...spec, default: value ?? null };
    case "flag":
      if (value !== undefined && typeof value !== "boolean")
        refuse(`the default of a flag is true or false, not ${value}`);
      return { ...spec, default: value ?? false };
    case "counter":
      if (value !== undefined && !(Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 31)) {
        refuse(`the default of a counter is an integer from 0 to 2147483647, not ${value}`);
      }
      return { ...spec, default: value ?? 0 };
    case "enum":
      return { ...spec, variants, default: checkVariants(variants ?? [], value, refuse) };
    default:
      return factory === undefined ? spec : { ...spec, factory };
  }
}

/**
 * @param {Array<string | number>} variants
 * @param {unknown} value the default as given
 * @param {(reason: string) => never} refuse
 */
function checkVariants(variants, value, refuse) {
  if (variants.length < 1 || variants.length > 250) refuse(`an enum has 1 to 250 variants, not ${variants.length}`);
  for (const [index, variant] of variants.entries()) {
    if (typeof variant !== "string" && !Number.isSafeInteger(variant)) {
      refuse(`variant ${variant} is neither a string nor an integer`);
    }
    if (variants.indexOf(variant) !== index) refuse(`variant ${variant} is there twice`);
  }
  const first = /** @type {string | number} */ (value === undefined ? variants[0] : value);
  if (!variants.includes(first)) refuse(`the default ${value} is not one of the variants`);
  return first;
}

/**
 * The spec as an object literal: what a conflict shows, and what tells two specs apart.
 *
 * @param {Partial<SlotInfo>} slot
 */
function print({ key, kind, variants, factory, lifetime, default: value, onFork }) {
  const parts = [`key: ${JSON.stringify(key)}`, `kind: "${kind}"`];
  if (variants !== undefined) parts.push(`variants: ${JSON.stringify(variants)}`);
  if (factory !== undefined) parts.push(`factory: "${factory}"`);
  parts.push(`lifetime: "${lifetime}"`, `default: ${JSON.stringify(value)}`, `onFork: "${onFork}"`);
  return `{ ${parts.join(", ")} }`;
}
