// Run with preload.mjs in NODE_OPTIONS. Starts threads and processes that inherit it, and prints how they ended and what still
// runs after them, as JSON.

import { fork } from "node:child_process";
import cluster from "node:cluster";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { record, watch } from "onescope/inspect";
import { codeOf } from "./code-of.mjs";
import { requestJson } from "./http.mjs";

const FILE = fileURLToPath(import.meta.url);
const { handles } = globalThis;

/** Does with the handles of a worker what would end those of the main thread. */
function useHandles() {
  const { watch: watching, record: recording, serve: server } = handles;
  const { path } = recording;
  const usage = recording.usage();
  watching.pause();
  watching.resume();
  for (const handle of [watching, recording, server]) {
    handle.stop();
    handle[Symbol.dispose]();
  }
  const strict = [() => watch({ strict: true }), () => record({ directory: "/never", strict: true })].map(codeOf);
  return { path, usage, url: server.url, strict };
}

async function runWorker() {
  const worker = new Worker(FILE);
  const [[seen], [code]] = await Promise.all([once(worker, "message"), once(worker, "exit")]);
  return { ...seen, code };
}

/** @param {import("node:child_process").ChildProcess | import("node:cluster").Worker} child */
async function runChild(child) {
  const [[running], [code]] = await Promise.all([once(child, "message"), once(child, "exit")]);
  return { running, code };
}

async function main() {
  const workers = [await runWorker(), await runWorker()];
  const children = [await runChild(fork(FILE, ["child"]))];
  cluster.setupPrimary({ exec: FILE, args: ["child"] });
  children.push(...(await Promise.all([runChild(cluster.fork()), runChild(cluster.fork())])));
  const { url } = handles.serve;
  const { watching } = await requestJson(`${url}stalls`);
  console.log(JSON.stringify({ workers, children, url, watching, capacity: handles.record.usage().capacity }));
  process.exit();
}

if (!isMainThread) {
  parentPort?.postMessage(useHandles());
} else if (process.argv[2] === "child") {
  const { watching } = await requestJson(`${handles.serve.url}stalls`);
  const running = watching && handles.record.usage().capacity > 0;
  process.send?.(running, () => process.exit());
} else {
  await main();
}
