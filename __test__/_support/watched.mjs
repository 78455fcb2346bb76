// A program with a watch on that blocks as its arguments say, for watch.spec.mjs.
//
// It prints JSON lines: `{ began }` and `{ ended }` around the block in ms of the wall clock, and `{ report }` for each report
// that `onStall` got.

import { execSync, spawn } from "node:child_process";
import { scryptSync } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { store } from "../../js/index.js";
import { watch } from "../../js/inspect.js";
import { createRequestContext, runWithRequestContext } from "../../shims/unified-request-context.js";

const say = (value) => console.log(JSON.stringify(value));
const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

const SETTLE_MS = 300;

/** What blocks for a time: each prepares itself, up to `SETTLE_MS` before, and returns the function that blocks. */
const blocks = {
  loop: (ms) => () => {
    const end = performance.now() + ms;
    while (performance.now() < end);
  },
  atomics: (ms) => () => sleep(ms),
  exec: (ms) => () => execSync(`sleep ${ms / 1000}`),
  scrypt(ms) {
    const cost = (p) => scryptSync("secret", "salt", 32, { N: 2 ** 13, r: 8, p, maxmem: 2 ** 31 });
    const start = performance.now();
    cost(1);
    // One call, as long as it takes on this machine.
    const times = Math.ceil(ms / (performance.now() - start));
    return () => cost(times);
  },
  fifo(ms) {
    const directory = mkdtempSync(join(tmpdir(), "onescope-fifo-"));
    const path = join(directory, "fifo");
    execSync(`mkfifo ${path}`);
    spawn("sh", ["-c", `sleep ${(SETTLE_MS + ms) / 1000}; echo x > ${path}`], { stdio: "ignore" });
    return () => {
      readFileSync(path);
      rmSync(directory, { recursive: true });
    };
  },
};

/** Blocks in a request of its own. */
function block(blocking, label) {
  const context = createRequestContext();
  runWithRequestContext(context, () => {
    store.setLabel(store.id(context), label);
    say({ began: Date.now() });
    blocking();
    say({ ended: Date.now() });
  });
}

/** Blocks after a heartbeat of the thread, among other requests that wait. */
async function blockHere({ how, ms }) {
  const blocking = blocks[how](ms);
  const others = Array.from({ length: 3 }, () => createRequestContext());
  for (const other of others) runWithRequestContext(other, () => {});
  await wait(SETTLE_MS);
  block(blocking, "GET /blocked");
  await wait(SETTLE_MS);
  return others;
}

const programs = {
  main: blockHere,
  async worker({ how, ms }) {
    await finished(new Worker(new URL(import.meta.url), { workerData: { how, ms } }));
  },
  async "early worker"({ how, ms }, start) {
    const worker = new Worker(new URL(import.meta.url), { workerData: { how, ms, first: "attach" } });
    const exited = finished(worker);
    await once(worker, "message");
    start();
    await exited;
  },
  async "terminated worker"({ how }) {
    const worker = new Worker(new URL(import.meta.url), { workerData: { how, ms: 60_000 } });
    await wait(1500);
    await worker.terminate();
    await wait(200);
  },
  async "worker without a heartbeat"({ how, ms }) {
    await finished(new Worker(new URL(import.meta.url), { workerData: { how, ms, first: "block" } }));
  },
  async "three stalls"({ how, ms }) {
    for (let n = 0; n < 3; n++) await blockHere({ how, ms });
  },
  async paused({ how, ms }, _start, watching) {
    await wait(200);
    watching.pause();
    block(blocks[how](ms), "paused");
    watching.resume();
    await blockHere({ how, ms });
  },
  async stopped({ how, ms }, _start, watching) {
    await wait(200);
    watching.stop();
    await blockHere({ how, ms });
  },
  async nothing() {},
  async idle({ ms }) {
    say({ ready: true });
    await wait(ms);
  },
  async "worker's own watch"() {
    const worker = new Worker(new URL(import.meta.url), { workerData: { first: "watch" } });
    const exited = finished(worker);
    const [response] = await once(worker, "message");
    say({ response });
    await exited;
    // Throws while the worker's is still on.
    watch({ stacks: false }).stop();
    say({ again: true });
  },
  async "failing onStall"({ how, ms }) {
    await blockHere({ how, ms });
  },
};

const finished = (worker) => new Promise((resolve) => worker.once("exit", resolve));

if (isMainThread) {
  const { program, options, ...rest } = JSON.parse(process.argv[2]);
  let watching;
  const start = () => {
    const onStall = (report) => {
      // The second is one that cannot be turned into text.
      if (program === "failing onStall")
        throw report.onescope === "stall" ? new Error("on purpose") : Object.create(null);
      say({ report });
    };
    watching = watch({ stacks: false, ...options, onStall });
  };
  if (program !== "early worker" && program !== "worker's own watch") start();
  await programs[program](rest, start, watching);
} else {
  const { parentPort } = await import("node:worker_threads");
  const { first } = workerData;
  if (first === "attach") {
    runWithRequestContext(createRequestContext(), () => {});
    parentPort.postMessage("attached");
    parentPort.close();
  }
  if (first === "watch") {
    watch({ stacks: false });
    parentPort.postMessage("watching");
    parentPort.close();
  } else if (first === "block") block(blocks[workerData.how](workerData.ms), "start-up");
  else await blockHere(workerData);
}
