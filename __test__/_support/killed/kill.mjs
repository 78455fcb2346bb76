import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { inheritedFlags, ROOT } from "../run.mjs";

const SERVER = fileURLToPath(new URL("server.mjs", import.meta.url));

/** Requests in flight at once, half to each of the server's threads. */
const CLIENTS = 48;
/** Longest time from the headers of a response to its body, ms. */
const LONGEST_MS = 120;
/** When the server is killed, ms after each client had its first response: a cold server leaves requests unread for long. */
const KILL_AFTER_MS = [0, 600];

/**
 * What the client recorded of a request, in ms on its own clock; `undefined` for what did not happen.
 *
 * @typedef {object} Logged
 * @property {number} port of one of the server's threads
 * @property {number} requested before any byte of it was sent
 * @property {number | undefined} sent when its bytes went to the system
 * @property {number | undefined} headed when the response's headers came, so the server had it
 * @property {number | undefined} ended when the whole response had come
 */

/**
 * Starts a server, puts it under load, kills it with SIGKILL at a random moment, and reads what is still in transit.
 *
 * @param {string} directory to record into
 * @param {{ path: string, flags: string[] }} [node]
 * @returns {Promise<{ log: Map<string, Logged>, killed: number }>} the log by id, and when the signal was sent
 */
export async function killUnderLoad(directory, node = { path: process.execPath, flags: inheritedFlags() }) {
  const child = spawn(node.path, [...node.flags, SERVER, directory], {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: "", NODE_TEST_CONTEXT: undefined },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = await once(child.stdout, "data");
    /** @type {{ ports: number[] }} */
    const { ports } = JSON.parse(line);
    const agent = new Agent({ keepAlive: true });
    /** @type {Map<string, Logged>} */
    const log = new Map();
    let alive = true;
    const clients = Array.from({ length: CLIENTS }, (_, n) => {
      const first = sendRequest(agent, ports[n % ports.length], log);
      const rest = async () => {
        await first;
        while (alive) await sendRequest(agent, ports[n % ports.length], log);
      };
      return { first, rest: rest() };
    });
    await Promise.all(clients.map(({ first }) => first));
    await sleep(KILL_AFTER_MS[0] + Math.random() * (KILL_AFTER_MS[1] - KILL_AFTER_MS[0]));
    alive = false;
    const killed = performance.now();
    child.kill("SIGKILL");
    await Promise.all([...clients.map(({ rest }) => rest), once(child, "exit")]);
    agent.destroy();
    return { log, killed };
  } finally {
    child.kill("SIGKILL");
  }
}

let lastId = 0;

/**
 * Makes one request; done when the response or its connection has ended.
 *
 * @param {Agent} agent
 * @param {number} port
 * @param {Map<string, Logged>} log
 */
function sendRequest(agent, port, log) {
  const id = String(++lastId);
  /** @type {Logged} */
  const entry = { port, requested: performance.now(), sent: undefined, headed: undefined, ended: undefined };
  log.set(id, entry);
  const ms = Math.random() < 0.2 ? 0 : Math.round(Math.random() * LONGEST_MS);
  return new Promise((resolve) => {
    const request = get({ agent, port, host: "127.0.0.1", path: `/r/${id}?ms=${ms}` });
    request.on("finish", () => (entry.sent = performance.now()));
    request.on("response", (response) => {
      entry.headed = performance.now();
      response.on("end", () => (entry.ended = performance.now()));
      response.on("close", resolve).on("error", resolve).resume();
    });
    request.on("error", resolve);
  });
}
