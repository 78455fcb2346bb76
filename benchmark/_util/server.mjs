// The server that inspect.mjs and flight.mjs measure (variants/inspect-server.mjs), in a process of its own.

import { fork } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BENCHMARK } from "./root.mjs";

/** What can be requested. */
export const BARE = { server: "bare", path: "/bare" };
export const CACHED_PAGE = { server: "example", path: "/" };
export const ROUTE = { server: "example", path: "/api/echo?rid=rq-00000000" };
export const PAGE = { server: "example", path: "/dynamic?rid=rq-00000000" };

/** @typedef {"nothing" | "seen" | "tracked" | "recorded"} Order what is to be on */
/** @typedef {{ process: import("node:child_process").ChildProcess, ports: Record<string, number> }} Server */
/** @typedef {{ cpu: NodeJS.CpuUsage, costs: number[] }} Usage `costs` in µs, of each request since variants change with each */

/**
 * @param {import("./nodes.mjs").NodeBinary} node
 * @returns {Promise<Server>}
 */
export async function startServer(node) {
  const child = fork(join(BENCHMARK, "variants/inspect-server.mjs"), [], {
    execPath: node.path,
    // As `npm start` runs the example.
    execArgv: [...node.flags, "--import", pathToFileURL(join(BENCHMARK, "../js/register.js")).href],
    env: { ...process.env, NODE_OPTIONS: "", NODE_ENV: "production" },
  });
  const [{ ports }] = await once(child, "message");
  return { process: child, ports };
}

/**
 * @param {Server} server
 * @param {{ order?: Order, interleaved?: "unseen" | "seen" }} [what] `order`: what is on from now on; `interleaved`: variants change with each
 *   request from now on, and the other variant is unseen
 * @returns {Promise<Usage>}
 */
export async function configure(server, what = {}) {
  const reply = once(server.process, "message");
  server.process.send(what);
  return (await reply)[0];
}

/**
 * Connections that are kept alive.
 *
 * @param {number} concurrent how many, and so how many requests at once
 */
export const connections = (concurrent) => new Agent({ keepAlive: true, maxSockets: concurrent });

/**
 * Asks over connections that are kept alive, as many times at once as there may be connections.
 *
 * @param {Agent} agent
 * @param {number} port
 * @param {string} path
 * @param {number} count
 */
export async function requestMany(agent, port, path, count) {
  let left = count;
  const worker = async () => {
    while (left-- > 0) {
      const [response] = await once(request({ agent, port, path, host: "127.0.0.1" }).end(), "response");
      if (response.statusCode !== 200) throw new Error(`${path} responded ${response.statusCode}`);
      response.resume();
      await once(response, "end");
    }
  };
  await Promise.all(Array.from({ length: agent.maxSockets }, worker));
}

/**
 * Whether the bare server's next request is seen, as it says itself: a variant that is not what it is called would make any
 * figure seem good.
 *
 * @param {Server} server
 */
export async function isSeen({ ports }) {
  const text = await (await fetch(`http://127.0.0.1:${ports.bare}/seen`)).text();
  return text === "1";
}
