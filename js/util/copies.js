import { LAYOUT } from "../generated/slot-table.js";
import { warn } from "./warn.js";

// Copies of this package with different record layouts, as nested folders `node_modules` bring into a process, share no state:
// each keeps its own under keys that name its layout. What they must know of each other is here, under a key that does not.

/**
 * @typedef {object} Copies
 * @property {{ layout: string, path: string }[]} list one for each layout, in the order in which they loaded
 * @property {(() => void)[]} meet called when another layout joins
 * @property {object} nodeHooks exports of `node:async_hooks`, as the first copy found them
 * @property {WeakSet<object>} classes the class of slots of each layout
 * @property {WeakMap<object, string>} adopted storages of Node's own class that became slots in place, by layout
 * @property {string} [requests] the layout whose request contexts are in the storage under vinext's own key
 * @property {string} [registered] the layout whose class replaced Node's
 * @property {string} [recording] the layout that records the process
 */

/** @type {any} */
const global = globalThis;

/** @type {Copies} */
export const copies = (global[Symbol.for("onescope.copies.1")] ??= {
  list: [],
  meet: [],
  nodeHooks: {},
  classes: new WeakSet(),
  adopted: new WeakMap(),
});

if (!copies.list.some(({ layout }) => layout === LAYOUT.hash)) {
  copies.list.push({ layout: LAYOUT.hash, path: import.meta.url ?? "a bundle" });
  if (copies.list.length > 1) {
    for (const meet of copies.meet) meet();
    if (copies.list.length === 2) warnOfTwo();
  }
}

/** Once: a third copy changes nothing that this says. */
function warnOfTwo() {
  const where = copies.list.map(({ layout, path }) => `${path.replace(/js\/\w+\/\w+\.js.*$/, "")} (layout ${layout})`);
  warn(
    `two versions of onescope are in this process and share nothing: ${where.join(" and ")}. Neither sees the ` +
      "other's requests, and both enter scopes with the slower plain strategy. `npm ls onescope` lists them; `npm dedupe` may remove one",
  );
}

/** @returns {boolean} whether copies with another layout are in this process */
export function hasOthers() {
  return copies.list.length > 1;
}

/**
 * @param {unknown} storage
 * @returns {boolean} whether it is a slot of another layout, or was adopted by one
 */
export function isOthers(storage) {
  if (!hasOthers() || typeof storage !== "object" || storage === null) return false;
  const layout = copies.adopted.get(storage);
  if (layout !== undefined) return layout !== LAYOUT.hash;
  for (let at = Object.getPrototypeOf(storage); at !== null; at = Object.getPrototypeOf(at)) {
    const made = Object.hasOwn(at, "constructor") ? at.constructor : undefined;
    if (typeof made === "function" && copies.classes.has(made))
      return made !== global[KEY_OF_SHARED]?.SlotStorage?.SlotStorage;
  }
  return false;
}

/**
 * @param {string} name of something that copies with one layout share
 * @returns {string} the name of its global symbol
 */
export function keyOf(name) {
  return `onescope.${name}.${LAYOUT.hash}`;
}

/** Where the parts of this layout are. */
export const KEY_OF_SHARED = Symbol.for(keyOf("shared.2"));
