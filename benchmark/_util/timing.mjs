import { measure } from "mitata";

/** Batches a process runs at least, however long they take. */
const MIN_BATCHES = 4;

/** Warm-up as a share of the measuring time: V8's last compiler has been seen to start after 200 ms. */
const WARM_UP = 1;

/**
 * A turn of the event loop. External memory is freed by finalizers, and Node runs those on the loop: a process that
 * never yields would only pile up pages. Whether or not a variant has such memory, it turns between all batches.
 */
export function turn() {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Nanoseconds of one operation.
 *
 * @param {() => unknown} batch performs the operation `count` times; may return a promise
 * @param {number} count
 * @param {{ ms: number, quick: boolean }} task how long to measure
 * @param {() => void} [prepare] makes what the next batch uses up, outside the timed part
 * @returns {Promise<{ median: number, minimum: number }>}
 */
export async function time(batch, count, { ms, quick }, prepare = () => {}) {
  const setUp = async () => {
    await turn();
    prepare();
  };
  const end = performance.now() + ms * WARM_UP;
  do {
    await setUp();
    await batch();
  } while (performance.now() < end);

  const stats = await measure(
    function* () {
      // What stands under a number is mitata's setup of a sample: awaited before it, outside the timed part.
      yield { 0: setUp, bench: (/** @type {unknown} */ _set) => batch() };
    },
    // A batch is a sample: mitata must not repeat short ones without turns in between.
    { min_cpu_time: ms * 1e6, min_samples: MIN_BATCHES, batch_threshold: 0, ...(quick && { gc: false }) },
  );
  return { median: stats.p50 / count, minimum: stats.min / count };
}
