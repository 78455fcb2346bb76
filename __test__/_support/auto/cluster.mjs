// A cluster of four workers, each of which is server.mjs. Prints about its primary what server.mjs prints.

import cluster from "node:cluster";
import { once } from "node:events";
import { readFileSync } from "node:fs";

if (cluster.isPrimary) {
  const workers = Array.from({ length: 4 }, () => cluster.fork());
  await Promise.all(workers.map((worker) => once(worker, "listening")));
  const loaded = readFileSync("/proc/self/maps", "utf8").includes("onescope.linux");
  console.log(JSON.stringify({ pid: process.pid, loaded, workers: workers.map((worker) => worker.process.pid) }));
} else {
  console.log = () => {};
  await import("./server.mjs");
}
