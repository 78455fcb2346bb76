import { shared } from "../util/shared.js";

// What lies beside a context's own fields, in one object that it gets when the first of these is used: values of slots
// that users registered, as far as they are JavaScript values, and values that a native lane cannot hold.

/** @typedef {{ $extra?: Extras }} Bearer any request context, also a plain object made by a stock copy of vinext's shim */

/** @type {Set<number>} ids of the registered slots that start afresh in a fork */
export const resetOnFork = shared("resetOnFork", () => new Set());

export class Extras {
  /** @type {Map<number, unknown>} this context's values, by slot id */
  own = new Map();
  /** @type {Map<number, unknown>} collections that a request and its forks share, also the ones made later */
  family = new Map();
  /** @type {Map<string, unknown>} values outside the domain of a field's lane, by field name */
  exotic = new Map();

  fork() {
    const copy = new Extras();
    for (const [id, value] of this.own) if (!resetOnFork.has(id)) copy.own.set(id, value);
    copy.family = this.family;
    copy.exotic = new Map(this.exotic);
    return copy;
  }
}

/** Registered collections that forks inherit, counted: while there are any, a fork must know its family. */
const families = shared("extraFamilies", () => ({ count: 0 }));

export function countFamily() {
  families.count++;
}

/**
 * @param {Bearer} child
 * @param {Bearer} parent
 */
export function forkExtras(child, parent) {
  if (parent.$extra !== undefined || families.count > 0) child.$extra = extrasOf(parent).fork();
}

/**
 * @param {Bearer} context
 * @returns {Extras}
 */
export function extrasOf(context) {
  return (context.$extra ??= new Extras());
}
