import { shared } from "../util/shared.js";

// Where a storage keeps its value inside a scope.
//
// A storage gets a lane (a place in the scope array) when it is first entered, not when it is made: storages that are
// never used cost nothing. When a storage is collected its lane is used again. Scopes that are still alive may hold the
// collected storage's value there, so the next owner of the lane wraps its values in a Box that names the owner, and
// whatever is not its own box reads as unset.
//
// A process with more storages in use than lanes keeps the rest in a linked list at place 0 of the scope. The list is
// keyed by owner, so nothing stale can show; entering costs a walk over the entries, as it does in Node's own frames.

/** @typedef {import("./root-storage.js").Scope} Scope */

/** Storages with a lane of their own, per JavaScript thread. A scope is copied on entry, so this bounds the copy. */
export const LANES = 64;

/** List length from which an entry first drops what collected storages left behind. */
const SWEEP_FROM = 32;

/** What a scope starts with. Not frozen, for a frozen array is sliced ten times slower. */
const BLANK = [undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined];

/** Names the storage that wrote a value; `gone` once that storage was collected. */
export class Owner {
  constructor() {
    /** 0: in the list */
    this.lane = 0;
    /** the lane was somebody else's before */
    this.boxed = false;
    this.gone = false;
  }
}

/** A value on a lane that had another owner before. */
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

/** An entry of the list: immutable, shared by all scopes that were forked from the one that made it. */
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

const state = shared("lanes", () => {
  const lanes = {
    /** next lane that nobody had yet */
    fresh: 1,
    /** @type {number[]} */
    free: [],
    /** storages entered at least once and not collected */
    used: 0,
    /** @type {FinalizationRegistry<Owner>} */
    collected: new FinalizationRegistry((owner) => {
      owner.gone = true;
      lanes.used--;
      if (owner.lane !== 0) lanes.free.push(owner.lane);
    }),
  };
  return lanes;
});

/**
 * Gives a storage its place.
 *
 * @param {object} storage
 * @returns {Owner}
 */
export function claim(storage) {
  const owner = new Owner();
  const recycled = state.free.pop();
  if (recycled !== undefined) {
    owner.lane = recycled;
    owner.boxed = true;
  } else if (state.fresh < LANES) {
    owner.lane = state.fresh++;
  }
  state.used++;
  state.collected.register(storage, owner);
  return owner;
}

/** How many storages of this thread hold a place: each would be a real one without onescope. */
export function storagesInUse() {
  return state.used;
}

/**
 * What the scope stores for an owner, `undefined` if nothing. May be another owner's left-over on a boxed lane.
 *
 * @param {Scope | undefined} scope
 * @param {Owner} owner
 * @returns {unknown}
 */
export function readStored(scope, owner) {
  if (scope === undefined) return undefined;
  return owner.lane !== 0 ? scope[owner.lane] : readEntry(scope, owner);
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
  const next = scope === undefined ? BLANK.slice() : scope.slice();
  const lane = owner.lane;
  if (lane === 0) {
    next[0] = withEntry(/** @type {Entry | undefined} */ (next[0]), owner, stored);
  } else {
    // Filled up to a whole step: an array with holes would read slower for good, and one grown by a single place is
    // copied twice.
    while (next.length <= lane) {
      next.push(undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined);
    }
    next[lane] = stored;
  }
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
