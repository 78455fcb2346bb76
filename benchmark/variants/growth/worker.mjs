// A worker of workers.mjs: says that it is ready, runs tasks for a while when told to, and says what they took, in ns and how many there were.

import { AsyncLocalStorage } from "node:async_hooks";
import { parentPort, workerData } from "node:worker_threads";

const BATCH = 4096;
const NS = 1e6;

const { variant, ms } = workerData;
const run = variant === "onescope" ? await runTasks() : runReal();

async function runTasks() {
  const { runTask } = await import("../../../js/inspect.js");
  return (/** @type {() => void} */ task) => runTask("a job of a queue", task);
}

function runReal() {
  const storage = new AsyncLocalStorage();
  return (/** @type {() => void} */ task) => storage.run({ label: "a job of a queue" }, task);
}

const nothing = () => {};

/** Times as long as other operations: the compilers of all workers share the cores with them. */
const LONGER = 10;

async function measure() {
  let done = 0;
  const begin = performance.now();
  do {
    for (let n = 0; n < BATCH; n++) run(nothing);
    done += BATCH;
    // Memory outside V8's heap is freed on the loop.
    await new Promise((resolve) => setImmediate(resolve));
  } while (performance.now() < begin + LONGER * ms);
  return { done, cost: ((performance.now() - begin) * NS) / done };
}

parentPort?.once("message", async () => {
  const warmUp = await measure();
  const { done, cost } = await measure();
  parentPort?.postMessage({ cost, done: warmUp.done + done });
});
parentPort?.postMessage("ready");
