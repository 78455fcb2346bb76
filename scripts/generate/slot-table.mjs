// slot-table.js: sizes, positions, limits, names by code, and the built-in slots.

/** @param {any} table */
export function slotTable({ layout, hash, slotKinds, defaults, limits, makers }) {
  const { words, bytes, header, block, codes, states, kinds, slots, ...sizes } = layout;
  return `/**
 * Sizes and positions in a page; words are 4 bytes, and \`words\`, \`bytes\` and \`header\` count from the start of a record.
 * \`block\` counts words of a thread's block.
 */
export const LAYOUT = ${literal({
    hash,
    ...sizes,
    words: byPosition(words),
    bytes: byPosition(bytes),
    header: byPosition(header),
    block: byPosition(block),
    codes,
  })};

/** Limits that both languages keep, and times that they agree on; src/limits.rs describes them. */
export const LIMITS = ${literal(limits)};

/** @type {readonly import("../../index.js").ContextState[]} names of the states of a record, by code */
export const STATES = ${literal(states)};

/** @type {readonly import("../../index.js").ContextKind[]} names of the kinds of a request, by code */
export const KINDS = ${literal(kinds)};

/**
 * What all slots of a kind have in common: the sort of field that holds their values in a record, if a record can, and what they
 * start with. The value of a lazy slot is made at first access.
 *
 * @typedef {import("../../index.js").SlotKind} SlotKind
 * @typedef {import("../../index.js").Scalar} Scalar
 * @type {Readonly<Record<SlotKind, { field?: "byte" | "counter", default?: Scalar }>>}
 */
export const SLOT_KINDS = Object.freeze({
${slotKinds.map((kind) => `${kind.name}: ${slotKind(kind, defaults)},\n`).join("")}});

/**
 * The built-in slots, in order of id.
 *
 * @typedef {import("../../index.js").SlotInfo} SlotInfo
 * @type {ReadonlyArray<Readonly<Omit<SlotInfo, "variants"> & { variants?: ReadonlyArray<string | number> }>>}
 */
export const SLOTS = ${literal(slots.map(slot))};

/** @type {Readonly<Record<string, string>>} what makes the value of each that is lazy, as source text, by key */
export const MAKERS = ${literal(makers)};
`;
}

/** @param {Record<string, number>} positions */
function byPosition(positions) {
  return Object.fromEntries(Object.entries(positions).sort(([, a], [, b]) => a - b));
}

/**
 * @param {{ name: string, field: string | null }} kind
 * @param {Record<string, unknown>} defaults by kind
 */
function slotKind({ name, field }, defaults) {
  const known = { ...(field !== null && { field }), ...(name in defaults && { default: defaults[name] }) };
  return `Object.freeze(${JSON.stringify(known)})`;
}

/** One built-in slot, in the order that people read. */
function slot({ id, key, kind, lifetime, default: value, variants, inChild, owner, field }) {
  return {
    ...{ id, key, kind, lifetime, default: value },
    ...(variants && { variants }),
    ...{ inChild, owner, native: field !== null },
    ...(field !== null && { field }),
  };
}

/**
 * @param {unknown} value
 * @returns {string} an expression for it, frozen throughout
 */
function literal(value) {
  if (Array.isArray(value)) return `Object.freeze([${value.map(literal).join(", ")}])`;
  if (typeof value !== "object" || value === null) return value === undefined ? "undefined" : JSON.stringify(value);
  const entries = Object.entries(value).map(([name, member]) => `  ${name}: ${literal(member)},\n`);
  return `Object.freeze({\n${entries.join("")}})`;
}
