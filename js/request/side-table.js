import { shared } from "../util/shared.js";

// What is stored beside a context's own fields, in one object that the context gets when the first of it is used: the JavaScript
// values of slots that users registered, and values that a native field cannot hold.
//
// The request fields are ordinary properties to the code that uses them, so a value outside a field's kind (`ctx.phase =
// "draft"`, `{ isDraftMode: undefined }`) must come back as it went in: the record then holds the code for "other", and the
// value itself is here.

/** @typedef {{ $sideTable?: SideTable }} Owner any request context, also a plain object made by a stock copy of vinext's shim */

/** An `undefined` that was assigned to a lazy slot: in the slot itself `undefined` means "not accessed yet". */
export const UNDEFINED = Symbol("onescope.undefined");

/** @type {Set<number>} ids of the registered slots that a child context resets */
export const resetInChild = shared("resetInChild", () => new Set());

export class SideTable {
  /** @type {Map<number, unknown>} this context's values, by slot id */
  own = new Map();
  /** @type {Map<number, unknown>} lazy values of the context group, also those made later */
  group = new Map();
  /** @type {Map<string, unknown>} values that a native field cannot hold, by field name */
  other = new Map();

  copy() {
    const copy = new SideTable();
    for (const [id, value] of this.own) if (!resetInChild.has(id)) copy.own.set(id, value);
    copy.group = this.group;
    copy.other = new Map(this.other);
    return copy;
  }
}

/** Registered lazy slots whose values a context group shares, counted: while there are any, a child context must know the group's. */
const inherited = shared("inheritedCollections", () => ({ count: 0 }));

export function countInherited() {
  inherited.count++;
}

/**
 * @param {Owner} child
 * @param {Owner} parent
 */
export function copySideTable(child, parent) {
  if (parent.$sideTable !== undefined || inherited.count > 0) child.$sideTable = sideTableOf(parent).copy();
}

/**
 * @param {Owner} context
 * @returns {SideTable}
 */
export function sideTableOf(context) {
  return (context.$sideTable ??= new SideTable());
}

/**
 * @param {Owner} context
 * @param {string} name
 * @returns {any}
 */
export function readOther(context, name) {
  return context.$sideTable?.other.get(name);
}

/**
 * Keeps a value that a native field cannot hold.
 *
 * @param {Owner} context
 * @param {string} name
 * @param {unknown} value
 * @param {number} code what the record holds instead
 * @returns {number} `code`
 */
export function writeOther(context, name, value, code) {
  sideTableOf(context).other.set(name, value);
  return code;
}
