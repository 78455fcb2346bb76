import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { inheritedFlags, ROOT } from "../run.mjs";

const SERVER = fileURLToPath(new URL("server.mjs", import.meta.url));

/** Requests under way at once, half to each of the server's threads. */
const CLIENTS = 48;
/** Longest that a body is waited for, ms. */
const LONGEST_MS = 120;
/** When the server is killed, ms after each client had its first answer: a cold server leaves requests unread for long. */
const LIFE_MS = [0, 600];

/**
 * What the client knows of a request, in ms on its own clock; `undefined` for what did not happen.
 *
 * @typedef {object} Logged
 * @property {number} port which of the server's threads was asked
 * @property {number} asked nothing of it had gone out yet
 * @property {number | undefined} sent its bytes went to the system
 * @property {number | undefined} headed the headers of the answer were there, so the server had it
 * @property {number | undefined} ended the whole answer was there
 */

/**
 * Starts a server, puts it under load, kills it with SIGKILL at a random moment, and hears out what is still on its way.
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
      const first = ask(agent, ports[n % ports.length], log);
      const rest = async () => {
        await first;
        while (alive) await ask(agent, ports[n % ports.length], log);
      };
      return { first, rest: rest() };
    });
    await Promise.all(clients.map(({ first }) => first));
    await sleep(LIFE_MS[0] + Math.random() * (LIFE_MS[1] - LIFE_MS[0]));
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
 * Asks once; done when the answer or its connection has ended.
 *
 * @param {Agent} agent
 * @param {number} port
 * @param {Map<string, Logged>} log
 */
function ask(agent, port, log) {
  const id = String(++lastId);
  /** @type {Logged} */
  const entry = { port, asked: performance.now(), sent: undefined, headed: undefined, ended: undefined };
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
