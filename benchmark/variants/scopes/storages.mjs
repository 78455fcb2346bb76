import { AsyncLocalStorage } from "node:async_hooks";
import { Floor } from "./floor.mjs";

/**
 * The storages of a variant: Node's own, onescope's slots, Node's class under `onescope/register`, or the floor.
 *
 * @param {{ variant: string, storages: number }} task
 */
export async function createStorages({ variant, storages: count }) {
  const Storage = await storageClass(variant);
  const storages = Array.from({ length: count }, () => new Storage());
  const values = storages.map((_, index) => ({ weight: index + 1 }));

  /**
   * A function that enters all storages, the first outermost, and then calls `leaf`. The functions in between are made
   * here and not per call, so that entering them is all that is measured.
   *
   * @template T
   * @param {() => T} leaf
   * @returns {() => T}
   */
  function nested(leaf) {
    return storages.reduceRight(
      (inner, storage, index) => () => storage.run(values[index], inner),
      /** @type {() => any} */ (leaf),
    );
  }

  /** What every storage holds, in one text. */
  const readAll = () => storages.map((storage) => storage.getStore()?.weight ?? "-").join(" ");

  return { Storage, storages, nested, readAll };
}

/**
 * @param {string} variant
 * @returns {Promise<typeof AsyncLocalStorage>}
 */
async function storageClass(variant) {
  const isReplaced = AsyncLocalStorage.name === "SlotStorage";
  if (isReplaced !== (variant === "register")) throw new Error(`${AsyncLocalStorage.name} on ${variant}`);
  if (variant === "floor") return /** @type {any} */ (Floor);
  return variant === "slots" ? (await import("../../../js/index.js")).SlotStorage : AsyncLocalStorage;
}
