// The processes of a measurement: each on a processor of its own, where the system can pin them.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const PROBE = pathToFileURL(fileURLToPath(new URL("probe.mjs", import.meta.url))).href;
const CLIENT = fileURLToPath(new URL("client.mjs", import.meta.url));

// Far above what a slow machine needs: it only ends what would hang for ever.
const START_TIMEOUT_MS = 120_000;
const REPLY_TIMEOUT_MS = 600_000;

/** @typedef {{ server: number, client: number } | undefined} Cores */
/** @typedef {{ command: string, args: string[], env?: Record<string, string | undefined>, cwd?: string }} Start */
/** @typedef {{ cpu: NodeJS.CpuUsage, collecting: number, rss: number }} Usage `collecting` in ms */
/** @typedef {{ functionName: string, url: string, line: number, column: number, samples: number }} ProfiledFunction */

/**
 * @typedef {object} Server
 * @property {string} origin
 * @property {() => Promise<Usage>} usage
 * @property {(interval: number) => Promise<void>} startProfile microseconds between two samples
 * @property {() => Promise<ProfiledFunction[]>} stopProfile
 * @property {() => Promise<void>} stop
 */

/** @returns {Cores} undefined where processes cannot be pinned, or there is one processor */
export function findCores() {
  if (process.platform !== "linux" || spawnSync("taskset", ["-V"]).error !== undefined) return undefined;
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
  const allowed = list.split(",").flatMap((range) => {
    const [first, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
  if (allowed.length < 2) return undefined;
  return { server: allowed[0], client: /** @type {number} */ (allowed.at(-1)) };
}

/**
 * @param {Start} start
 * @param {RegExp} announcement captures the origin from what the server prints when it listens
 * @param {Cores} cores
 * @returns {Promise<Server>}
 */
export async function startServer({ command, args, env, cwd }, announcement, cores) {
  const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
  for (const name of Object.keys(inherited)) if (name.startsWith("ONESCOPE_")) delete inherited[name];
  const child = run(command, args, cores?.server, {
    cwd,
    env: { ...inherited, NODE_ENV: "production", NODE_OPTIONS: `--import=${PROBE}`, BENCHMARK_PROBE: "1", ...env },
  });
  const origin = await announced(child, announcement);
  const ask = (/** @type {string} */ question, /** @type {number} */ value = 0) =>
    exchange(child, { ask: question, value });
  return {
    origin,
    usage: () => ask("usage"),
    startProfile: (interval) => ask("startProfile", interval),
    stopProfile: () => ask("stopProfile"),
    stop: () => stop(child),
  };
}

/**
 * @param {Usage} before
 * @param {Usage} after
 * @returns {number} processor time between the two, in µs
 */
export function cpuBetween({ cpu: before }, { cpu: after }) {
  return after.user + after.system - before.user - before.system;
}

/** @param {Cores} cores */
export function startClient(cores) {
  const child = run(process.execPath, [CLIENT], cores?.client, { env: { ...process.env, NODE_OPTIONS: "" } });
  child.stderr?.pipe(process.stderr);
  const order = (/** @type {string} */ name, /** @type {unknown} */ value) => exchange(child, { order: name, value });
  return { order, stop: () => stop(child) };
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {number | undefined} core
 * @param {import("node:child_process").SpawnOptions} options
 */
function run(command, args, core, options) {
  const [file, ...rest] = core === undefined ? [command, ...args] : ["taskset", "-c", String(core), command, ...args];
  return spawn(file, rest, { ...options, stdio: ["ignore", "pipe", "pipe", "ipc"] });
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {RegExp} announcement
 * @returns {Promise<string>} the origin
 */
function announced(child, announcement) {
  return new Promise((resolve, reject) => {
    let output = "";
    const fail = (/** @type {string} */ text) => {
      clearTimeout(timer);
      reject(new Error(`${text}:\n${output}`));
    };
    const timer = setTimeout(() => {
      fail("the server did not start in time");
      void stop(child);
    }, START_TIMEOUT_MS);
    child.once("error", ({ message }) => fail(message));
    child.once("close", (code, signal) => fail(`the server ended with ${signal ?? `code ${code}`}`));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text) => {
        // Read to the end, so that a server that prints does not wait; kept only until it listens.
        if (output.length < 1 << 16) output += text;
        const found = announcement.exec(output);
        if (found === null) return;
        clearTimeout(timer);
        resolve(found[1]);
      });
    }
  });
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {object} message
 * @returns {Promise<any>} the result that it replies with
 */
function exchange(child, message) {
  return new Promise((resolve, reject) => {
    const settle = (/** @type {() => void} */ how) => {
      clearTimeout(timer);
      child.off("message", onMessage).off("exit", onExit);
      how();
    };
    const fail = (/** @type {string} */ text) =>
      settle(() => reject(new Error(`${child.spawnargs.join(" ")}: ${text}`)));
    const onExit = () => fail("ended before it replied");
    // A server may send messages of its own.
    const onMessage = (/** @type {any} */ { reply }) => {
      if (reply !== undefined)
        settle(() => (reply.error === undefined ? resolve(reply.result) : reject(new Error(reply.error))));
    };
    const timer = setTimeout(() => fail("no reply in time"), REPLY_TIMEOUT_MS);
    child.on("message", onMessage).once("exit", onExit);
    child.send(message, (error) => error && fail(error.message));
  });
}

/** @param {import("node:child_process").ChildProcess} child */
async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
