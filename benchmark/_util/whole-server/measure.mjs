// Whole servers, each variant in processes of its own, under load from another process.

import { describeMachine } from "../machine.mjs";
import { assertSame, normalize } from "./compare.mjs";
import { cpuBetween, findCores, startClient, startServer } from "./processes.mjs";
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
 * @property {number} warmMs for which each route is requested before any is measured
 * @property {number} ms for which each route is measured
 * @property {number} connections
 * @property {number} profileMs for which each route is profiled, in starts of their own; 0 leaves that out
 * @property {string[]} [packages] whose versions the results name
 */

/** @typedef {import("../results.mjs").Part} Part */
/** @typedef {{ name: string, route: Route, values: Record<string, number> }[]} Sample figures by measure, of each route */

export const CONTROL = "control";

/** Loads that a server's measured time is split into. */
const TURNS = 8;

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
 *   cores: import("./processes.mjs").Cores, step: (what: string, units?: number) => void }} Run */

/**
 * All variants run at the same time, each is loaded for a moment after the other: what the machine does from one second to the
 * next, which can be more than what is compared, is the same for all of them.
 *
 * @param {Run} run
 * @param {Target} target
 * @param {Map<string, string>} expected responses of the reference
 */
async function measureTarget(run, target, expected) {
  const { variants, starts, node, client, warmMs, step } = run;
  /** @type {Record<string, Record<string, Record<string, number[]>>>} values by route, measure and variant */
  const values = {};
  for (let round = 0; round < starts; round++) {
    step(`Node ${node.name}, ${target.name}, start ${round + 1} of all variants`, variants.length);
    /** @type {Loaded[]} */
    const servers = [];
    try {
      for (let turn = 0; turn < variants.length; turn++) {
        servers.push(await open(run, target, variants[(round + turn) % variants.length], expected));
      }
      await warmUp(servers, warmMs);
      for (const [index, { name }] of servers[0].routes.entries()) {
        for (const [variant, figures] of await measureRoute(run.ms, servers, index)) {
          for (const [measure, value] of Object.entries(figures)) {
            (values[name] ??= {})[measure] ??= {};
            (values[name][measure][variant] ??= []).push(value);
          }
        }
      }
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }
    await client.order("close", undefined);
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
 * All routes, before any is measured: what they share is compiled by then for all of them. By turns, as where they are measured: a
 * server that waits for some seconds has to warm up again (warmup.mjs). It then collects to reduce its memory, which
 * `--trace-gc` shows as `Mark-Compact (reduce)`; with `--no-memory-reducer` it stays warm.
 *
 * @param {Loaded[]} servers
 * @param {number} ms of each route
 */
async function warmUp(servers, ms) {
  for (const index of servers[0].routes.keys()) {
    for (let turn = 0; turn < TURNS; turn++) {
      for (const server of servers) await server.load(server.routes[index], ms / TURNS);
    }
  }
}

/**
 * @param {number} ms for which each server is measured
 * @param {Loaded[]} servers
 * @param {number} index of the route
 * @returns {Promise<Array<[variant: string, figures: Record<string, number>]>>}
 */
async function measureRoute(ms, servers, index) {
  for (const server of servers) {
    // Unmeasured: the others' routes came in between.
    await server.load(server.routes[index], ms / TURNS);
    await server.latencies();
  }
  const sums = servers.map(() => ({ requests: 0, seconds: 0, cpu: 0, collecting: 0, rss: 0, busy: 0 }));
  for (let turn = 0; turn < TURNS * servers.length; turn++) {
    // Each time round begins with another one.
    const which = (turn + Math.floor(turn / servers.length)) % servers.length;
    const server = servers[which];
    const sum = sums[which];
    const before = await server.usage();
    const { requests, seconds, busy } = await server.load(server.routes[index], ms / TURNS);
    const after = await server.usage();
    sum.requests += requests;
    sum.seconds += seconds;
    sum.cpu += cpuBetween(before, after);
    sum.collecting += after.collecting - before.collecting;
    sum.rss = after.rss;
    sum.busy = Math.max(sum.busy, busy);
  }
  /** @type {Array<[string, Record<string, number>]>} */
  const figures = [];
  for (const [which, server] of servers.entries()) {
    const { requests, seconds, cpu, collecting, rss, busy } = sums[which];
    const { p50, p99 } = await server.latencies();
    const throughput = requests / seconds;
    const perRequest = { CPU: cpu / requests, "garbage collection": (1000 * collecting) / requests };
    figures.push([server.variant, { throughput, p50, p99, ...perRequest, memory: rss / 1e6, client: busy }]);
  }
  return figures;
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
  const { client, node, warmMs, profileMs, step } = run;
  /** @type {Record<string, Record<string, Record<string, number>>>} percent by route, measure and variant */
  const shares = {};
  for (const flags of [[], [NO_INLINING]]) {
    for (const variant of variants) {
      step(`Node ${node.name}, ${target.name}, profile${flags.map((flag) => ` with ${flag}`).join("")}, ${variant}`);
      const profiled = { ...run, node: { ...node, flags: [...node.flags, ...flags] } };
      const server = await open(profiled, target, variant, expected);
      try {
        for (const route of server.routes) {
          await server.load(route, warmMs);
          await server.startProfile(SAMPLING_INTERVAL);
          await server.load(route, profileMs);
          const { context, collector, native } = sharesOf(await server.stopProfile());
          const named =
            flags.length > 0
              ? { "context code, nothing inlined": context }
              : { "context code": context, collector, "native code": native };
          for (const [measure, share] of Object.entries(named)) {
            ((shares[route.name] ??= {})[measure] ??= {})[variant] = share;
          }
        }
      } finally {
        await server.stop();
      }
      await client.order("close", undefined);
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
 * @typedef {import("./processes.mjs").Server & {
 *   variant: string,
 *   routes: Route[],
 *   load: (route: Route, ms: number) => Promise<import("./client.mjs").Load>,
 *   latencies: () => Promise<import("./client.mjs").Latencies>,
 * }} Loaded
 */

/**
 * @param {Target} target
 * @param {string} origin of one of its servers
 */
export async function routesOf({ routes }, origin) {
  return typeof routes === "function" ? await routes(origin) : routes;
}

/**
 * Starts a server of a variant. Its responses are those of the reference.
 *
 * @param {Run} run
 * @param {Target} target
 * @param {string} variant
 * @param {Map<string, string>} expected by route; filled by the first start
 * @returns {Promise<Loaded>}
 */
async function open({ variants, node, cores, client, connections }, target, variant, expected) {
  const start = target.start(variant === CONTROL ? variants[0] : variant, node);
  const server = await startServer(start, target.announcement, cores);
  try {
    const { origin } = server;
    await client.order("open", { origin, connections });
    const routes = await routesOf(target, origin);
    for (const route of routes) {
      const what = `${target.name}, ${route.name}, ${variant} on Node ${node.name}`;
      // The first response may be one that fills a cache.
      await client.order("read", { origin, route });
      const response = await client.order("read", { origin, route });
      if (response.status < 200 || response.status > 299)
        throw new Error(`${what} responded ${response.status}\n${response.body}`);
      const text = (target.normalize ?? normalize)(response);
      if (!expected.has(route.name)) expected.set(route.name, text);
      assertSame(what, /** @type {string} */ (expected.get(route.name)), text);
    }
    return {
      ...server,
      variant,
      routes,
      load: (route, ms) => client.order("load", { origin, route, ms, connections }),
      latencies: () => client.order("latencies", { origin }),
    };
  } catch (error) {
    await server.stop();
    throw error;
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
