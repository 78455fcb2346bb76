import { fork } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { progress } from "./progress.mjs";
import { BENCHMARK } from "./root.mjs";
import { median } from "./stats.mjs";

/** Requests under way at once. */
const CONCURRENT = 8;
/** Times that the sides change before anything is measured, and what they are asked in all. */
const WARM_UP = { pairs: 10, bare: 40_000, example: 4_000 };

/** What can be asked, and how often at a time to take a third of a second or so. */
export const BARE = { server: "bare", path: "/bare", requests: 10_000 };
export const ROUTE = { server: "example", path: "/api/echo?rid=rq-00000000", requests: 400 };
export const PAGE = { server: "example", path: "/dynamic?rid=rq-00000000", requests: 100 };

const SIDES = /** @type {const} */ (["off", "on"]);

/** After the sides changed, in ms, where a thread or a file is made or goes away. */
export const SETTLE = 500;

/** @typedef {"nothing" | "untold" | "seen" | "tracked" | "recorded"} Order */
/**
 * @typedef {typeof BARE & {
 *   row: string,
 *   off: Order,
 *   on: Order,
 *   pairs: number,
 *   settle: number,
 * }} Target `requests` in a batch; `pairs` of batches in a round, one of each side, the order turned around each time;
 *   `settle` in ms, after the sides changed
 */

/**
 * Processor time that a server needs for a request, in ns, all threads and garbage collection included, on both sides: one
 * process a round, which changes sides. Two processes differ by more than what is measured.
 *
 * @param {import("./options.mjs").Options} options
 * @param {Target[]} targets
 * @returns {Promise<import("./rounds.mjs").Row[]>}
 */
export async function measureServer({ nodes, rounds, quick }, targets) {
  /** @type {import("./rounds.mjs").Row[]} */
  const rows = [];
  const step = progress(nodes.length * rounds * targets.length);
  for (const node of nodes) {
    for (const { row } of targets) rows.push({ node: node.version, row, sides: { off: [], on: [] } });
    for (let round = 0; round < rounds; round++) {
      const child = await start(node);
      try {
        for (const target of targets) {
          step(`server, round ${round + 1}, Node ${node.version}, ${target.row}`);
          const figures = await measureTarget(child, target, quick);
          const { sides } = /** @type {any} */ (
            rows.find((each) => each.node === node.version && each.row === target.row)
          );
          for (const side of SIDES) sides[side].push(figures[side]);
        }
      } finally {
        child.process.kill();
      }
    }
  }
  step.done();
  return rows;
}

/** @typedef {{ process: import("node:child_process").ChildProcess, ports: Record<string, number> }} Child */

/**
 * @param {import("./nodes.mjs").NodeBinary} node
 * @returns {Promise<Child>}
 */
async function start(node) {
  const child = fork(join(BENCHMARK, "sides/inspect-server.mjs"), [], {
    execPath: node.path,
    // As `npm start` runs the example.
    execArgv: ["--import", pathToFileURL(join(BENCHMARK, "../js/register.js")).href],
    env: { ...process.env, NODE_OPTIONS: "", NODE_ENV: "production" },
  });
  const [{ ports }] = await once(child, "message");
  return { process: child, ports };
}

/**
 * @param {Child} child
 * @param {Target} target
 * @param {boolean} quick
 * @returns {Promise<Record<string, import("./rounds.mjs").Figure>>}
 */
async function measureTarget({ process, ports }, target, quick) {
  const { server, path, settle } = target;
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENT });
  const batch = async (/** @type {"off" | "on"} */ side, /** @type {number} */ count) => {
    await tell(process, target[side]);
    if (!quick) await sleep(settle);
    const before = await tell(process, "cpu");
    await askMany(agent, ports[server], path, count);
    const after = await tell(process, "cpu");
    return (1000 * (after.user + after.system - before.user - before.system)) / count;
  };
  const [count, pairs] = quick ? [20, 1] : [target.requests, target.pairs];
  const warmUp = quick ? 20 : WARM_UP[server] / WARM_UP.pairs / SIDES.length;
  for (let pair = 0; pair < (quick ? 1 : WARM_UP.pairs); pair++) {
    for (const side of SIDES) {
      await batch(side, warmUp);
      await checkSide(ports.bare, target[side]);
    }
  }
  /** @type {Record<string, number[]>} */
  const figures = { off: [], on: [] };
  for (let pair = 0; pair < pairs; pair++) {
    for (const side of pair % 2 === 0 ? SIDES : SIDES.toReversed()) figures[side].push(await batch(side, count));
  }
  agent.destroy();
  const figure = (/** @type {number[]} */ list) => ({ median: median(list), minimum: Math.min(...list) });
  const ratios = figures.on.map((on, pair) => on / figures.off[pair]);
  return { off: figure(figures.off), on: { ...figure(figures.on), ratios } };
}

/** What leaves requests unseen. */
const UNSEEN = ["nothing", "untold"];

/**
 * A side that is not what it is called would make any figure look good.
 *
 * @param {number} port of the bare server
 * @param {Order} order what it was told last
 */
async function checkSide(port, order) {
  const seen = await (await fetch(`http://127.0.0.1:${port}/seen`)).text();
  const expected = UNSEEN.includes(order) ? "0" : "1";
  if (seen !== expected) throw new Error(`a server told "${order}" sees ${seen} requests of one, not ${expected}`);
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {string} order what to do from now on, or `cpu`
 * @returns {Promise<NodeJS.CpuUsage>} what it used so far
 */
async function tell(child, order) {
  const told = once(child, "message");
  child.send(order);
  return (await told)[0].cpu;
}

/**
 * @param {Agent} agent
 * @param {number} port
 * @param {string} path
 * @param {number} count
 */
async function askMany(agent, port, path, count) {
  let left = count;
  const worker = async () => {
    while (left-- > 0) {
      const [response] = await once(request({ agent, port, path, host: "127.0.0.1" }).end(), "response");
      if (response.statusCode !== 200) throw new Error(`${path} answered ${response.statusCode}`);
      response.resume();
      await once(response, "end");
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, worker));
}
