// One variant of growth.mjs with N workers that do the same all the time, in a process of its own.

import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { readTask, sendResult } from "../../_util/child.mjs";
import { median } from "../../_util/stats.mjs";

/** For the workers' own threads, and what they free, to settle. */
const SETTLE_MS = 100;
const KB = 1024;

const task = readTask();
const { variant, workers: count, ms, quick } = task;

globalThis.gc();
const before = process.memoryUsage().rss;
const threads = await Promise.all(
  Array.from({ length: count }, async () => {
    const worker = new Worker(new URL("worker.mjs", import.meta.url), { workerData: { variant, ms } });
    await once(worker, "message");
    return worker;
  }),
);
const ended = threads.map((worker) => once(worker, "message"));
const started = process.cpuUsage();
for (const worker of threads) worker.postMessage("start");
const results = (await Promise.all(ended)).map(([result]) => result);
const { user, system } = process.cpuUsage(started);
if (!quick) await sleep(SETTLE_MS);
const kB = (process.memoryUsage().rss - before) / count / KB;
await Promise.all(threads.map((worker) => worker.terminate()));

const costs = results.map(({ cost }) => cost);
const cost = { median: median(costs), minimum: Math.min(...costs) };
const processor = (1000 * (user + system)) / results.reduce((sum, { done }) => sum + done, 0);
sendResult({
  figures: {
    [`a task in each of ${count} workers`]: cost,
    [`processor time of a task, ${count} workers`]: { median: processor, minimum: processor },
    [`kB of each of ${count} workers`]: { median: kB, minimum: kB },
  },
  checks: { workers: String(results.length) },
});
