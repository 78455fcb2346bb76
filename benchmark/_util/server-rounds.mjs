import { fork } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { progress } from "./progress.mjs";
import { BENCHMARK } from "./root.mjs";
import { median } from "./stats.mjs";

/** Requests under way at once. */
const CONCURRENT = 8;
const REQUESTS = 100;
const WARM_UP = 500;
/** Pairs of batches in a round: one of each side, the order turned around each time. */
export const PAIRS = 12;

/** `times`: how many more requests a batch has, for they are that much cheaper. */
const TARGETS = [
  { row: "CPU of a bare node:http request", server: "bare", path: "/bare", times: 20 },
  { row: "CPU of the example's route handler", server: "example", path: "/api/echo?rid=rq-00000000", times: 4 },
  { row: "CPU of the example's page", server: "example", path: "/dynamic?rid=rq-00000000", times: 1 },
];

const SIDES = /** @type {const} */ (["off", "on"]);

/** After the sides changed, in ms: a watch has a thread to start. */
const SETTLE = 500;

/** @typedef {Record<"off" | "on", "nothing" | "seen" | "tracked" | "recorded">} Servers by side, what its server does */

/**
 * Processor time that a server needs for a request, in ns, all threads and garbage collection included, on both sides: one
 * process a round, which changes sides. Two processes differ by more than what is measured.
 *
 * @param {import("./options.mjs").Options} options
 * @param {Servers} servers
 * @returns {Promise<import("./rounds.mjs").Row[]>}
 */
export async function measureServer({ nodes, rounds, quick }, servers) {
  /** @type {import("./rounds.mjs").Row[]} */
  const rows = [];
  const step = progress(nodes.length * rounds * TARGETS.length);
  for (const node of nodes) {
    for (const { row } of TARGETS) rows.push({ node: node.version, row, sides: { off: [], on: [] } });
    for (let round = 0; round < rounds; round++) {
      const child = await start(node);
      try {
        for (const target of TARGETS) {
          step(`server, round ${round + 1}, Node ${node.version}, ${target.path}`);
          const figures = await measureTarget(child, target, servers, quick);
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
    env: { ...process.env, NODE_OPTIONS: "", NODE_ENV: "production" },
  });
  const [{ ports }] = await once(child, "message");
  return { process: child, ports };
}

/**
 * @param {Child} child
 * @param {typeof TARGETS[number]} target
 * @param {Servers} servers
 * @param {boolean} quick
 * @returns {Promise<Record<string, import("./rounds.mjs").Figure>>}
 */
async function measureTarget({ process, ports }, { server, path, times }, servers, quick) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENT });
  const batch = async (/** @type {"off" | "on"} */ side, /** @type {number} */ count) => {
    await tell(process, servers[side]);
    if (!quick) await sleep(SETTLE);
    const before = await tell(process, "cpu");
    await askMany(agent, ports[server], path, count);
    const after = await tell(process, "cpu");
    return (1000 * (after.user + after.system - before.user - before.system)) / count;
  };
  const [count, warmUp, pairs] = quick ? [20, 20, 1] : [times * REQUESTS, times * WARM_UP, PAIRS];
  for (const side of SIDES) await batch(side, warmUp);
  /** @type {Record<string, number[]>} */
  const figures = { off: [], on: [] };
  for (let pair = 0; pair < pairs; pair++) {
    for (const side of pair % 2 === 0 ? SIDES : SIDES.toReversed()) figures[side].push(await batch(side, count));
  }
  agent.destroy();
  const figure = (/** @type {number[]} */ list) => ({ median: median(list), minimum: Math.min(...list) });
  return { off: figure(figures.off), on: figure(figures.on) };
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
