import { median } from "./stats.mjs";
import { turn } from "./timing.mjs";

/** Batches a process runs at least, however long they take. */
const MIN_BATCHES = 5;

/**
 * Nanoseconds of processor time that one operation costs: that of all threads of the process, so what the collector does
 * beside the program counts too, and what other programs do to the clock does not. Only for batches of a millisecond and
 * more, since Node reports microseconds.
 *
 * @param {() => unknown} batch performs the operation `count` times; may return a promise
 * @param {number} count
 * @param {{ ms: number }} task how long to measure; as long goes before it unmeasured
 * @param {() => void} [prepare] makes what the next batch uses up, outside the timed part
 * @returns {Promise<{ median: number, minimum: number }>}
 */
export async function cpuTime(batch, count, { ms }, prepare = () => {}) {
  await sample(batch, ms, prepare);
  const samples = await sample(batch, ms, prepare);
  return { median: median(samples) / count, minimum: Math.min(...samples) / count };
}

/**
 * @param {() => unknown} batch
 * @param {number} ms
 * @param {() => void} prepare
 */
async function sample(batch, ms, prepare) {
  /** @type {number[]} */
  const samples = [];
  for (let spent = 0; spent < ms * 1e6 || samples.length < MIN_BATCHES; spent += samples.at(-1) ?? 0) {
    await turn();
    prepare();
    const before = process.cpuUsage();
    await batch();
    const { user, system } = process.cpuUsage(before);
    samples.push((user + system) * 1000);
  }
  return samples;
}
