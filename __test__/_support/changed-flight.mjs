// A program whose flight is changed by a shell command while its main thread and a worker make contexts; for
// recorder-changed.spec.mjs. Arguments: the directory, the command, in which F is the file. It prints "alive N", N the contexts that responded afterwards.

import { execSync } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { record, runTask } from "../../js/inspect.js";

const make = async (/** @type {number} */ count) => {
  let responded = 0;
  for (let n = 0; n < count; n++) responded += await runTask(`job ${n}`, async () => 1);
  return responded;
};

if (isMainThread) {
  const [, , directory, command] = process.argv;
  const { path } = record({ directory, maxBytes: 2 ** 20 });
  const shared = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL(import.meta.url), { workerData: shared });
  await once(worker, "message");
  const held = runTask("held", () => sleep(700));
  await make(300);
  execSync(command.replace(/\bF\b/g, path ?? ""), { shell: "/bin/sh" });
  // At once, before a thread of onescope's can have seen it, and later.
  let responded = await make(600);
  await held;
  responded += await make(600);
  Atomics.store(shared, 0, 1);
  const [fromWorker] = await once(worker, "message");
  console.log(`alive ${responded + fromWorker}`);
} else {
  /** @type {Int32Array} */
  const shared = workerData;
  parentPort?.postMessage("up");
  while (Atomics.load(shared, 0) === 0) {
    await make(20);
    await sleep(1);
  }
  parentPort?.postMessage(await make(100));
}
