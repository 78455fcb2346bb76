import { shared } from "../util/shared.js";

/** @import { Scope } from "./root-storage.js" */

// Where a storage keeps its value inside a scope.
//
// A storage gets an index in the scope array when it is first entered, not when it is made: storages that are never used cost
// nothing. Once a storage is collected, its index is used again. Scopes that are still alive may hold the collected
// storage's value there, so the index's next owner wraps its values in a Box that names the owner, and reads everything else
// as unset.
//
// Storages beyond the last index go to a linked list at index 0 of the scope. The list is keyed by owner, so it never shows a
// stale value; entering costs a walk over the entries, as it does in Node's own frames.

/** Longest scope. A scope is copied on entry, so this bounds the copy. */
export const MAX_SCOPE_LENGTH = 64;

/** List length from which an entry first removes the values of collected storages. */
const SWEEP_FROM = 32;

/** What a scope starts with. Not frozen: slicing a frozen array takes ten times as long. */
const BLANK = [undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined];

/** Identifies the storage that wrote a value; `gone` once that storage was collected. */
export class Owner {
  constructor() {
    /** 0: in the list */
    this.index = 0;
    /** the index had another owner before */
    this.boxed = false;
    this.gone = false;
  }
}

/** A value at an index that had another owner before. */
export class Box {
  /**
   * @param {Owner} owner
   * @param {unknown} value
   */
  constructor(owner, value) {
    this.owner = owner;
    this.value = value;
  }
}

/** An entry of the list: immutable, shared by all scopes that were copied from the one that it was made for. */
class Entry {
  /**
   * @param {Owner} owner
   * @param {unknown} value
   * @param {Entry | undefined} next
   */
  constructor(owner, value, next) {
    this.owner = owner;
    this.value = value;
    this.next = next;
    this.length = 1 + lengthOf(next);
  }
}

/**
 * @param {Entry | undefined} list
 * @returns {number}
 */
function lengthOf(list) {
  return list === undefined ? 0 : list.length;
}

const indexes = shared("indexes", () => {
  const indexes = {
    /** the next index that had no owner yet */
    fresh: 1,
    /** @type {number[]} those of collected storages */
    free: [],
    /** storages entered at least once and not collected */
    used: 0,
    /** @type {FinalizationRegistry<Owner>} */
    collected: new FinalizationRegistry((owner) => {
      owner.gone = true;
      indexes.used--;
      if (owner.index !== 0) indexes.free.push(owner.index);
    }),
  };
  return indexes;
});

/**
 * Gives a storage its index, or a place in the list.
 *
 * @param {object} storage
 * @returns {Owner}
 */
export function claim(storage) {
  const owner = new Owner();
  const recycled = indexes.free.pop();
  if (recycled !== undefined) {
    owner.index = recycled;
    owner.boxed = true;
  } else if (indexes.fresh < MAX_SCOPE_LENGTH) {
    owner.index = indexes.fresh++;
  }
  indexes.used++;
  indexes.collected.register(storage, owner);
  return owner;
}

/** Storages of this thread that have an index or a place in the list: without onescope each would be one of Node's own. */
export function storagesInUse() {
  return indexes.used;
}

/**
 * What the scope stores for an owner, `undefined` if nothing. At a boxed index it may be a former owner's value.
 *
 * @param {Scope | undefined} scope
 * @param {Owner} owner
 * @returns {unknown}
 */
export function readStored(scope, owner) {
  if (scope === undefined) return undefined;
  return owner.index !== 0 ? scope[owner.index] : readEntry(scope, owner);
}

/**
 * A copy of the scope in which the owner's stored value is replaced; `undefined` unsets it.
 *
 * @param {Scope | undefined} scope
 * @param {Owner} owner
 * @param {unknown} stored
 * @returns {Scope}
 */
export function withStored(scope, owner, stored) {
  if (owner.index !== 0) return withIndexed(scope, owner.index, stored);
  const next = scope === undefined ? BLANK.slice() : scope.slice();
  next[0] = withEntry(/** @type {Entry | undefined} */ (next[0]), owner, stored);
  return next;
}

/**
 * A copy of the scope with another value at an index.
 *
 * @param {Scope | undefined} scope
 * @param {number} index
 * @param {unknown} stored
 * @returns {Scope}
 */
export function withIndexed(scope, index, stored) {
  const next = scope === undefined ? BLANK.slice() : scope.slice();
  // Filled up to a whole step: an array with holes would read slower for good, and one grown by a single place is copied twice.
  while (next.length <= index) {
    next.push(undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined);
  }
  next[index] = stored;
  return next;
}

/**
 * @param {Scope} scope
 * @param {Owner} owner
 */
function readEntry(scope, owner) {
  let entry = /** @type {Entry | undefined} */ (scope[0]);
  while (entry !== undefined && entry.owner !== owner) entry = entry.next;
  return entry?.value;
}

/**
 * @param {Entry | undefined} list
 * @param {Owner} owner
 * @param {unknown} value
 */
function withEntry(list, owner, value) {
  let rest = list;
  if (list !== undefined && (list.length >= SWEEP_FROM || holds(list, owner))) {
    rest = undefined;
    const kept = [];
    for (let entry = /** @type {Entry | undefined} */ (list); entry; entry = entry.next) {
      if (entry.owner !== owner && !entry.owner.gone) kept.push(entry);
    }
    for (const entry of kept.reverse()) rest = new Entry(entry.owner, entry.value, rest);
  }
  return value === undefined ? rest : new Entry(owner, value, rest);
}

/**
 * @param {Entry | undefined} list
 * @param {Owner} owner
 */
function holds(list, owner) {
  for (let entry = list; entry !== undefined; entry = entry.next) {
    if (entry.owner === owner) return true;
  }
  return false;
}
