// Whole servers, each variant in processes of its own, under load from another process.

import { describeMachine } from "../machine.mjs";
import { assertSame, normalize } from "./compare.mjs";
import { findCores, startClient, startServer } from "./processes.mjs";
import { sharesOf } from "./profile.mjs";
import { remaining } from "./remaining.mjs";
import { MEASURES, summarise } from "./statistics.mjs";

/**
 * @typedef {object} Route
 * @property {string} name
 * @property {string} [method] GET
 * @property {string} path
 * @property {Record<string, string>} [headers]
 * @property {string} [body]
 */

/**
 * A server, for which each variant starts processes.
 *
 * @typedef {object} Target
 * @property {string} name
 * @property {(variant: string, node: import("../nodes.mjs").NodeBinary) => import("./processes.mjs").Start} start `node.path` with
 *   `node.flags` is what the server is to run on
 * @property {RegExp} announcement captures the origin from what the server prints when it listens
 * @property {Route[] | ((origin: string) => Promise<Route[]>)} routes a function where they are known when it runs
 * @property {(response: import("./client.mjs").Received) => string} [normalize] text that is equal where responses are
 */

/**
 * @typedef {object} Plan
 * @property {Target[]} targets
 * @property {string[]} variants the first is the reference; `control` is the reference once more
 * @property {import("../nodes.mjs").NodeBinary[]} nodes
 * @property {number} starts of each variant
 * @property {number} warmMs for which each route is requested before it is measured
 * @property {number} ms for which each route is measured
 * @property {number} connections
 * @property {number} profileMs for which each route is profiled, in starts of their own; 0 leaves that out
 * @property {string[]} [packages] whose versions the results name
 */

/** @typedef {import("../results.mjs").Part} Part */
/** @typedef {{ name: string, route: Route, values: Record<string, number> }[]} Sample figures by measure, of each route */

export const CONTROL = "control";

/** Microseconds between two samples of a profile. */
const SAMPLING_INTERVAL = 200;

const NO_INLINING = "--no-turbo-inlining";

/**
 * Measures every variant on every Node. Fails, and gives no figures, where a response is not the reference's or its status
 * not 2xx.
 *
 * @param {Plan} plan
 * @returns {Promise<Part[]>} for `publish`
 */
export async function measureWholeServers(plan) {
  const { targets, variants, nodes, starts, profileMs } = plan;
  const cores = findCores();
  if (cores === undefined)
    process.stderr.write("processes are not pinned to processors: no taskset, or one processor\n");
  const profiled = profileMs > 0 ? variants.filter((variant) => variant !== CONTROL) : [];
  const step = remaining(nodes.length * targets.length * (starts * variants.length + 2 * profiled.length));
  const client = startClient(cores);
  try {
    const parts = [];
    for (const node of nodes) {
      const run = { ...plan, node, client, cores, step };
      const rows = [];
      for (const target of targets) {
        const expected = new Map();
        rows.push(
          ...(await measureTarget(run, target, expected)),
          ...(await profileTarget(run, target, profiled, expected)),
        );
      }
      parts.push({ node: node.name, machine: machineOf(plan, cores), rows });
    }
    step.done();
    return parts;
  } finally {
    await client.stop();
  }
}

/** @typedef {Plan & { node: import("../nodes.mjs").NodeBinary, client: ReturnType<typeof startClient>,
 *   cores: import("./processes.mjs").Cores, step: (what: string) => void }} Run */

/**
 * @param {Run} run
 * @param {Target} target
 * @param {Map<string, string>} expected responses of the first start, which is the reference's
 */
async function measureTarget(run, target, expected) {
  const { variants, starts, node, step } = run;
  /** @type {Record<string, Record<string, Record<string, number[]>>>} values by route, measure and variant */
  const values = {};
  for (let round = 0; round < starts; round++) {
    for (let turn = 0; turn < variants.length; turn++) {
      const variant = variants[(round + turn) % variants.length];
      step(`Node ${node.name}, ${target.name}, start ${round + 1}, ${variant}`);
      const sample = await withServer(run, target, variant, expected, async (server, routes) => {
        const figures = [];
        for (const route of routes) figures.push({ name: route.name, values: await measureRoute(run, server, route) });
        return figures;
      });
      for (const { name, values: figures } of sample) {
        for (const [measure, value] of Object.entries(figures)) {
          (values[name] ??= {})[measure] ??= {};
          (values[name][measure][variant] ??= []).push(value);
        }
      }
    }
  }
  const [reference] = variants;
  const control = variants.includes(CONTROL) ? CONTROL : undefined;
  return Object.entries(values).flatMap(([route, byMeasure]) =>
    MEASURES.map((measure) => ({
      row: `${target.name}, ${route}: ${measure.name}`,
      target: target.name,
      route,
      measure: measure.name,
      cells: summarise(Object.fromEntries(variants.map((variant) => [variant, byMeasure[measure.name][variant]])), {
        reference,
        control,
        measure,
      }),
      client: Math.max(...Object.values(byMeasure.client).flat()),
    })),
  );
}

/**
 * @param {Run} run
 * @param {import("./processes.mjs").Server} server
 * @param {Route} route
 * @returns {Promise<Record<string, number>>}
 */
async function measureRoute({ client, warmMs, ms, connections }, server, route) {
  await client.order("load", { route, ms: warmMs, connections });
  const before = await server.usage();
  const load = await client.order("load", { route, ms, connections });
  const after = await server.usage();
  const cpu = after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system;
  return {
    throughput: load.requests / load.seconds,
    p50: load.p50,
    p99: load.p99,
    CPU: cpu / load.requests,
    "garbage collection": (1000 * (after.collecting - before.collecting)) / load.requests,
    memory: after.rss / 1e6,
    client: load.busy,
  };
}

/**
 * Twice: functions that V8 inlined count to their callers, so that the first profile shows too little; the second, on a server
 * that inlines nothing, too much.
 *
 * @param {Run} run
 * @param {Target} target
 * @param {string[]} variants
 * @param {Map<string, string>} expected
 */
async function profileTarget(run, target, variants, expected) {
  const { client, node, warmMs, profileMs, connections, step } = run;
  /** @type {Record<string, Record<string, Record<string, number>>>} percent by route, measure and variant */
  const shares = {};
  for (const flags of [[], [NO_INLINING]]) {
    for (const variant of variants) {
      step(`Node ${node.name}, ${target.name}, profile${flags.map((flag) => ` with ${flag}`).join("")}, ${variant}`);
      const profiled = { ...run, node: { ...node, flags: [...node.flags, ...flags] } };
      await withServer(profiled, target, variant, expected, async (server, routes) => {
        for (const route of routes) {
          await client.order("load", { route, ms: warmMs, connections });
          await server.startProfile(SAMPLING_INTERVAL);
          await client.order("load", { route, ms: profileMs, connections });
          const { context, collector, native } = sharesOf(await server.stopProfile());
          const named =
            flags.length > 0
              ? { "context code, nothing inlined": context }
              : { "context code": context, collector, "native code": native };
          for (const [measure, share] of Object.entries(named)) {
            ((shares[route.name] ??= {})[measure] ??= {})[variant] = share;
          }
        }
      });
    }
  }
  return Object.entries(shares).flatMap(([route, byMeasure]) =>
    Object.entries(byMeasure).map(([measure, cells]) => ({
      row: `${target.name}, ${route}: ${measure}`,
      target: target.name,
      route,
      measure,
      cells,
    })),
  );
}

/**
 * A server of a variant, whose responses are those of the reference.
 *
 * @template T
 * @param {Run} run
 * @param {Target} target
 * @param {string} variant
 * @param {Map<string, string>} expected by route; filled by the first start
 * @param {(server: import("./processes.mjs").Server, routes: Route[]) => Promise<T>} use
 * @returns {Promise<T>}
 */
async function withServer({ variants, node, cores, client, connections }, target, variant, expected, use) {
  const start = target.start(variant === CONTROL ? variants[0] : variant, node);
  const server = await startServer(start, target.announcement, cores);
  try {
    const { origin } = server;
    await client.order("open", { origin, connections });
    const routes = typeof target.routes === "function" ? await target.routes(origin) : target.routes;
    for (const route of routes) {
      const what = `${target.name}, ${route.name}, ${variant} on Node ${node.name}`;
      // The first response may be one that fills a cache.
      await client.order("read", route);
      const response = await client.order("read", route);
      if (response.status < 200 || response.status > 299)
        throw new Error(`${what} responded ${response.status}\n${response.body}`);
      const text = (target.normalize ?? normalize)(response);
      if (!expected.has(route.name)) expected.set(route.name, text);
      assertSame(what, /** @type {string} */ (expected.get(route.name)), text);
    }
    const result = await use(server, routes);
    await client.order("close", undefined);
    return result;
  } finally {
    await server.stop();
  }
}

/**
 * @param {Plan} plan
 * @param {import("./processes.mjs").Cores} cores
 */
function machineOf({ starts, warmMs, ms, connections, packages = [] }, cores) {
  const pinned =
    cores === undefined ? "processes not pinned" : `server on processor ${cores.server}, client on ${cores.client}`;
  const date = new Date().toISOString().slice(0, 10);
  return {
    ...describeMachine({ repetitions: starts, ms }, ["undici", ...packages]),
    run: `${starts} starts, ${connections} connections, ${warmMs} ms unmeasured and ${ms} ms measured per route, ${pinned}, ${date}`,
  };
}
