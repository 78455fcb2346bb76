import { turn } from "./timing.mjs";

/** How many objects are made before the loop turns. */
const PER_TURN = 4096;

/** The first frees the objects, and the turn after it the external memory that they held; the second what that held. */
const GARBAGE_COLLECTIONS = 2;

/**
 * Bytes that one object keeps alive: V8's heap, and memory outside it that belongs to its objects.
 *
 * @param {() => unknown} make
 * @param {number} count
 * @param {boolean} quick
 * @returns {Promise<number>}
 */
export async function bytesPer(make, count, quick) {
  // Once unmeasured: the first pass also allocates code and feedback.
  if (!quick) await grow(make, count);
  return (await grow(make, count)) / count;
}

/**
 * @param {() => unknown} make
 * @param {number} count
 */
async function grow(make, count) {
  const kept = new Array(count).fill(undefined);
  const before = await used();
  for (let i = 0; i < count; i++) {
    kept[i] = make();
    if (i % PER_TURN === 0) await turn();
  }
  const after = await used();
  if (kept.includes(undefined)) throw new Error("there is nothing to weigh");
  return after - before;
}

async function used() {
  for (let i = 0; i < GARBAGE_COLLECTIONS; i++) {
    globalThis.gc();
    await turn();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
