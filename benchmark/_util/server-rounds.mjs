import { fork } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { progress } from "./progress.mjs";
import { BENCHMARK } from "./root.mjs";

/** Requests under way at once. */
const CONCURRENT = 8;
const REQUESTS = 100;
const WARM_UP = 300;
/** Pairs of batches in a round: one batch of each side, the order turned around each time. */
const PAIRS = 8;

/** @type {Array<{ row: string, server: string, path: string }>} */
const TARGETS = [
  { row: "CPU of a bare node:http request", server: "bare", path: "/bare" },
  { row: "CPU of the example's route handler", server: "example", path: "/api/echo?rid=rq-00000000" },
  { row: "CPU of the example's page", server: "example", path: "/dynamic?rid=rq-00000000" },
];

/**
 * Processor time that a server needs for a request, in ns, all threads and garbage collection included, with requests
 * tracked and not, in one process.
 *
 * @param {import("./options.mjs").Options} options
 * @returns {Promise<import("./rounds.mjs").Row[]>}
 */
export async function measureServer({ nodes, rounds, quick }) {
  /** @type {import("./rounds.mjs").Row[]} */
  const rows = [];
  const step = progress(nodes.length * rounds * TARGETS.length);
  for (const node of nodes) {
    for (const { row } of TARGETS) rows.push({ node: node.version, row, sides: { off: [], on: [] } });
    for (let round = 0; round < rounds; round++) {
      const child = fork(join(BENCHMARK, "sides/inspect-server.mjs"), {
        execPath: node.path,
        env: { ...process.env, NODE_OPTIONS: "", NODE_ENV: "production" },
      });
      try {
        const [{ ports }] = await once(child, "message");
        for (const { row, server, path } of TARGETS) {
          step(`server, round ${round + 1}, Node ${node.version}, ${path}`);
          const figures = await measureTarget(child, ports[server], path, quick);
          const { sides } = /** @type {any} */ (rows.find((each) => each.node === node.version && each.row === row));
          for (const side of ["off", "on"]) sides[side].push(figures[side]);
        }
      } finally {
        child.kill();
      }
    }
  }
  step.done();
  return rows;
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {number} port
 * @param {string} path
 * @param {boolean} quick
 * @returns {Promise<Record<string, import("./rounds.mjs").Figure>>}
 */
async function measureTarget(child, port, path, quick) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENT });
  const batch = async (/** @type {boolean} */ track, /** @type {number} */ count) => {
    const before = await tell(child, track);
    await askMany(agent, port, path, count);
    const after = await tell(child, track);
    return (1000 * (after.user + after.system - before.user - before.system)) / count;
  };
  const [count, warmUp, pairs] = quick ? [20, 20, 1] : [REQUESTS, WARM_UP, PAIRS];
  for (const track of [true, false]) await batch(track, warmUp);
  /** @type {Record<string, number[]>} */
  const times = { off: [], on: [] };
  for (let pair = 0; pair < pairs; pair++) {
    const order = pair % 2 === 0 ? [false, true] : [true, false];
    for (const track of order) times[track ? "on" : "off"].push(await batch(track, count));
  }
  agent.destroy();
  const mean = (/** @type {number[]} */ list) => list.reduce((sum, each) => sum + each, 0) / list.length;
  const figure = (/** @type {number[]} */ list) => ({ median: mean(list), minimum: Math.min(...list) });
  return { off: figure(times.off), on: figure(times.on) };
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {boolean} track
 * @returns {Promise<NodeJS.CpuUsage>}
 */
async function tell(child, track) {
  const told = once(child, "message");
  child.send({ track });
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
