import { setTimeout as sleep } from "node:timers/promises";
import { progress } from "./progress.mjs";
import { configure, connections, isSeen, requestMany, startServer } from "./server.mjs";
import { median } from "./stats.mjs";

/** Requests in flight at once. */
const CONCURRENT = 8;
/** Times that the variants change before anything is measured, and the requests that it takes in all. */
const WARM_UP = { pairs: 10, bare: 40_000, example: 4_000 };
const VARIANTS = /** @type {const} */ (["off", "on"]);

/** After the variants changed, in ms: a thread or a file is made or goes away. */
const SETTLE = 500;

/**
 * @typedef {typeof import("./server.mjs").BARE & {
 *   row: string,
 *   off: import("./server.mjs").Order,
 *   on: import("./server.mjs").Order,
 *   requests: number,
 *   pairs: number,
 * }} Target `requests` in a batch, to take a third of a second or so; `pairs` of batches in a repetition, one of each variant, the
 *   order turned around each time
 */

/**
 * Processor time that a server needs for a request, in ns, all threads and garbage collection included, on both variants: one
 * process a repetition, which changes variants. Two processes differ by more than what is measured.
 *
 * @param {import("./options.mjs").Options} options
 * @param {Target[]} targets
 * @returns {Promise<import("./repetitions.mjs").Row[]>}
 */
export async function measureServer(options, targets) {
  return eachServer(options, targets, (server, target) => measureTarget(server, target, options.quick));
}

/**
 * A process of each Node for each repetition, and all targets in it one after the other.
 *
 * @template {{ row: string }} T
 * @param {import("./options.mjs").Options} options
 * @param {T[]} targets
 * @param {(server: import("./server.mjs").Server, target: T) => Promise<Record<string, import("./repetitions.mjs").Figure>>} measure
 * @returns {Promise<import("./repetitions.mjs").Row[]>}
 */
export async function eachServer({ nodes, repetitions }, targets, measure) {
  /** @type {import("./repetitions.mjs").Row[]} */
  const rows = [];
  const step = progress(nodes.length * repetitions * targets.length);
  for (const node of nodes) {
    const ofNode = targets.map(({ row }) => ({ node: node.name, row, variants: { off: [], on: [] } }));
    rows.push(...ofNode);
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const server = await startServer(node);
      try {
        for (const [index, target] of targets.entries()) {
          step(`server, repetition ${repetition + 1}, Node ${node.name}, ${target.row}`);
          const figures = await measure(server, target);
          for (const variant of VARIANTS) /** @type {any} */ (ofNode[index].variants[variant]).push(figures[variant]);
        }
      } finally {
        server.process.kill();
      }
    }
  }
  step.done();
  return rows;
}

/**
 * @param {import("./server.mjs").Server} server
 * @param {Target} target
 * @param {boolean} quick
 * @returns {Promise<Record<string, import("./repetitions.mjs").Figure>>}
 */
async function measureTarget(server, target, quick) {
  const port = server.ports[target.server];
  const agent = connections(CONCURRENT);
  const batch = async (/** @type {"off" | "on"} */ variant, /** @type {number} */ count) => {
    await configure(server, { order: target[variant] });
    if (!quick) await sleep(SETTLE);
    const { cpu: before } = await configure(server);
    await requestMany(agent, port, target.path, count);
    const { cpu: after } = await configure(server);
    return (1000 * (after.user + after.system - before.user - before.system)) / count;
  };
  const [count, pairs] = quick ? [20, 1] : [target.requests, target.pairs];
  const warmUp = quick ? 20 : WARM_UP[target.server] / WARM_UP.pairs / VARIANTS.length;
  for (let pair = 0; pair < (quick ? 1 : WARM_UP.pairs); pair++) {
    for (const variant of VARIANTS) {
      await batch(variant, warmUp);
      const seen = await isSeen(server);
      if (seen === (target[variant] === "nothing"))
        throw new Error(`requests are ${seen ? "" : "un"}seen on variant ${variant}`);
    }
  }
  /** @type {Record<string, number[]>} */
  const figures = { off: [], on: [] };
  for (let pair = 0; pair < pairs; pair++) {
    for (const variant of pair % 2 === 0 ? VARIANTS : VARIANTS.toReversed())
      figures[variant].push(await batch(variant, count));
  }
  agent.destroy();
  const figure = (/** @type {number[]} */ list) => ({ median: median(list), minimum: Math.min(...list) });
  const ratios = figures.on.map((on, pair) => on / figures.off[pair]);
  return { off: figure(figures.off), on: { ...figure(figures.on), ratios } };
}
