// A process with a diagnostics server whose JavaScript thread never rests. It has an IPC channel, and responds to any message
// with a {@link Reading}.

import { readdirSync, readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { runTask, serve } from "../../js/inspect.js";
import { TOKEN } from "./token.mjs";

/**
 * @typedef {object} Reading all since the process started
 * @property {number} done pieces of work
 * @property {number} ms time that passed
 * @property {number} waitedMs time in which the JavaScript thread could have run and had no processor
 * @property {number} serverMs processor time of the diagnostics server's thread
 * @property {number} rssMb resident memory, now
 */

const PIECES = 200;
const LABELS = 250;

const { port } = serve({ port: 0, token: TOKEN });
let done = 0;

/** @returns {Reading} */
function read() {
  const [, waited] = schedule(process.pid);
  const server = tasks().find((task) => name(task) === "onescope-serve");
  return {
    done,
    ms: performance.now(),
    waitedMs: waited / 1e6,
    serverMs: server === undefined ? 0 : schedule(server)[0] / 1e6,
    rssMb: process.memoryUsage.rss() / 2 ** 20,
  };
}

const tasks = () => readdirSync("/proc/self/task");

/** @param {string} task */
const name = (task) => readFileSync(`/proc/self/task/${task}/comm`, "utf8").trim();

/**
 * @param {string | number} task
 * @returns {number[]} ns of processor time, ns of waiting for one
 */
const schedule = (task) => readFileSync(`/proc/self/task/${task}/schedstat`, "utf8").split(" ").map(Number);

process.on("message", () => process.send?.(read()));
process.on("disconnect", () => process.exit());
process.send?.({ port });

for (;;) {
  for (let n = 0; n < PIECES; n++, done++) {
    runTask(`GET /page/${done % LABELS}`, () => JSON.parse(JSON.stringify({ done, list: [1, 2, 3, "text", { n }] })));
  }
  await setImmediate();
}
