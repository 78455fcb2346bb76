// context-fields.js: the class with one accessor per request field, and how a child context copies them.

import * as factories from "../../js/request/factories.js";
import { accessor } from "./accessors.mjs";

/** @param {any} table */
export function contextFields({ layout, limits, makers }) {
  const { slots } = layout;
  const inherited = slots.filter(({ inChild }) => inChild === "inherit");
  const isValue = ({ kind }) => kind === "value";
  const isLazy = ({ kind }) => kind === "lazy";
  const lines = (list, line) => list.map(({ key, ...slot }) => line(key, slot)).join("\n");
  const own = (list) => lines(list.filter(isLazy), (key) => `this.${key} = undefined;`);
  const copies = (list) => lines(list, (key) => `to.${key} = from.${key};`);
  return `import { ${Object.keys(factories).join(", ")} } from "../request/factories.js";
import { readOther, UNDEFINED, writeOther } from "../request/side-table.js";
import { takeRecord } from "../store/records.js";
import { LAYOUT } from "./slot-table.js";

/** The value slots of one context. */
export class Values {
  constructor() {
    ${lines(slots.filter(isValue), (key, slot) => `this.${key} = ${JSON.stringify(slot.default)};`)}
  }
}

/** Collections that were assigned to one context, in place of its context group's. */
export class Collections {
  constructor() {
    ${own(slots)}
  }
}

/** Collections that the contexts of a context group share; each is made at first access. */
export class ContextGroup {
  constructor(root) {
    this.root = root;
    this.children = undefined;
    ${own(inherited)}
  }
}

// What a context has until something is written to it, so that making one is a single small allocation. Shared by all of
// them, so never written itself.
export const BLANK_WORDS = new Int32Array(LAYOUT.recordWords);
export const BLANK_BYTES = new Uint8Array(BLANK_WORDS.buffer);
export const BLANK_VALUES = Object.freeze(new Values());
export const BLANK_COLLECTIONS = Object.freeze(new Collections());

function ownValues(context) {
  return context.$values === BLANK_VALUES ? (context.$values = new Values()) : context.$values;
}

function ownCollections(context) {
  return context.$collections === BLANK_COLLECTIONS ? (context.$collections = new Collections()) : context.$collections;
}

/**
 * The fields of a request context. \`$base\` is where its record begins in \`$words\`, 0 while it has none: then the words are the
 * blank ones, or hold what a child context started with, and are never written.
 */
export class ContextFields {
  constructor(kind) {
    this.$words = BLANK_WORDS;
    this.$bytes = BLANK_BYTES;
    this.$base = 0;
    this.$kind = kind;
    this.$values = BLANK_VALUES;
    this.$collections = BLANK_COLLECTIONS;
    this.$group = undefined;
    this.$sideTable = undefined;
  }
${slots.map((slot) => accessor(slot, layout, limits, makers)).join("")}}

/**
 * Copies every slot that a child context inherits from \`parent\` to \`child\`, but for those of the record; the others of a new
 * \`child\` are defaults.
 */
export function copyFields(child, parent) {
  if (parent.$values !== BLANK_VALUES) {
    const to = (child.$values = new Values());
    const from = parent.$values;
    ${copies(inherited.filter(isValue))}
  }
  if (parent.$collections !== BLANK_COLLECTIONS) {
    const to = (child.$collections = new Collections());
    const from = parent.$collections;
    ${copies(inherited.filter(isLazy))}
  }
  ${lines(
    slots.filter(({ inChild, field }) => inChild === "reset" && field !== null),
    (key, slot) => `child.${key} = ${JSON.stringify(slot.default)};`,
  )}
}

/** Copies the fields of the parent's record to that of a child. */
export function copyRecord(child, parent) {
  const to = child.$words;
  const from = parent.$words;
  const c = child.$base;
  const p = parent.$base;
  ${fieldWords(layout)
    .map((word) => `to[c + ${word}] = from[p + ${word}];`)
    .join("\n")}
}

/** Whether the record's fields are those of \`set\`, and its counters at their defaults. */
export function holdsFields(set, words, base) {
  return (
    ${
      builtInWords(slots, layout)
        .map(({ word, isCounter }) => `words[base + ${word}] === ${isCounter ? 0 : `set[${word}]`}`)
        .join(" &&\n    ") || true
    }
  );
}

/**
 * Assigns the own fields of \`from\`, as an object spread after the defaults would. A switch over names is several times
 * faster than \`Object.assign\`, which calls each setter from the runtime.
 */
export function assignFields(context, from) {
  for (const key in from) {
    if (!Object.hasOwn(from, key)) continue;
    const value = from[key];
    switch (key) {
      ${lines(slots, (key) => `case "${key}": context.${key} = value; break;`)}
      default:
        context[key] = value;
    }
  }
}

/** Names of all request fields, in table order. */
export const FIELD_NAMES = Object.freeze([
${lines(slots, (key) => `  "${key}",`)}
]);
`;
}

/** Words with fields, also those that no slot uses: straight-line code is faster than a choice. */
function fieldWords({ bytes, fieldCount, words, counterCount }) {
  const from = (first, count) => Array.from({ length: count }, (_, index) => first + index);
  return [...from(bytes.fields / 4, fieldCount / 4), ...from(words.counters, counterCount)];
}

/** Words with fields of the built-in slots. */
function builtInWords(slots, { bytes, words }) {
  const native = slots.filter(({ field }) => field !== null);
  const counters = native.filter(({ kind }) => kind === "counter").map(({ field }) => words.counters + field);
  const others = native.filter(({ kind }) => kind !== "counter").map(({ field }) => (bytes.fields + field) >> 2);
  return [
    ...[...new Set(others)].map((word) => ({ word, isCounter: false })),
    ...counters.map((word) => ({ word, isCounter: true })),
  ];
}
