// Programs that are probed while they are blocked, for probe-thread.spec.mjs. usage: node probed.mjs PROGRAM

import { execSync } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { runInThisContext } from "node:vm";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { watch } from "../../js/inspect.js";
import { RESPONDER } from "../../js/watchdog/probe-response.js";

const PROGRAM = new URL(import.meta.url);

function loop(ms) {
  const end = Date.now() + ms;
  while (Date.now() < end);
}

/** Responds as a watched thread does, but slowly, so that whatever arrives meanwhile hits the response. */
function respondSlowly() {
  globalThis[RESPONDER] = (thread) => {
    if (thread !== 7) return null;
    loop(400);
    return { id: null, heartbeat: 1, stack: "" };
  };
}

/** Probes thread 7 after 300 ms, from a worker. */
async function startProbing() {
  const worker = new Worker(PROGRAM, { workerData: "probe" });
  worker.unref();
  await once(worker, "message");
  worker.unref();
}

const programs = {
  async nothing() {
    watch();
    await sleep(300);
  },
  async loop() {
    watch({ thresholdMs: 200 });
    await sleep(300);
    loop(700);
    await sleep(200);
  },
  async "own stacks"() {
    const own = () => "mine";
    Error.prepareStackTrace = own;
    Error.stackTraceLimit = 1;
    await programs.loop();
    console.log(JSON.stringify([Error.prepareStackTrace === own, Error.stackTraceLimit, new Error().stack]));
  },
  async exit() {
    watch({ thresholdMs: 200 });
    await sleep(300);
    execSync("sleep 0.7");
    process.exit(3);
  },
  async stop() {
    const watching = watch();
    console.log(typeof globalThis[RESPONDER]);
    await sleep(200);
    console.log(typeof globalThis[RESPONDER]);
    watching.stop();
    await sleep(100);
    console.log(typeof globalThis[RESPONDER]);
  },
  async "stop while probing"() {
    const blocked = new Worker(PROGRAM, { workerData: "in a native call" });
    process.on("worker", (worker) => {
      if (worker !== blocked) worker.on("exit", (code) => console.log("the helper ended", code));
    });
    const watching = watch({ thresholdMs: 100 });
    await once(blocked, "message");
    await sleep(400);
    watching.stop();
    await once(blocked, "exit");
  },
  async "time limit"() {
    respondSlowly();
    await startProbing();
    try {
      runInThisContext("for (;;);", { timeout: 500 });
    } catch (error) {
      console.log(error.code);
    }
    // The thread goes on as if nothing had been.
    await sleep(300);
    console.log("on");
    process.exit();
  },
  async terminate() {
    const worker = new Worker(PROGRAM, { workerData: "blocked" });
    await once(worker, "message");
    await startProbing();
    await sleep(500);
    await worker.terminate();
    console.log("terminated");
    process.exit();
  },
  async "many workers"() {
    watch({ thresholdMs: 100 });
    for (let repetition = 0; repetition < 5; repetition++) {
      const workers = Array.from({ length: 3 }, () => new Worker(PROGRAM, { workerData: "blocked later" }));
      await Promise.all(workers.map((worker) => once(worker, "message")));
      await sleep(150 + 20 * repetition);
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
    console.log("all ended");
  },
};

const parts = {
  async probe() {
    const { Probe } = await import("../../js/watchdog/probe.js");
    // A session keeps no event loop alive.
    parentPort.on("message", () => {});
    parentPort.postMessage("ready");
    await sleep(300);
    await new Probe(7).request();
  },
  blocked() {
    respondSlowly();
    parentPort.postMessage("blocked");
    for (;;);
  },
  async "in a native call"() {
    const { createRequestContext, runWithRequestContext } = await import("../../shims/unified-request-context.js");
    runWithRequestContext(createRequestContext(), () => {});
    await sleep(150);
    parentPort.postMessage("blocked");
    execSync("sleep 1");
  },
  async "blocked later"() {
    const { createRequestContext, runWithRequestContext } = await import("../../shims/unified-request-context.js");
    runWithRequestContext(createRequestContext(), () => {});
    await sleep(150);
    parentPort.postMessage("blocked");
    runWithRequestContext(createRequestContext(), () => loop(60_000));
  },
};

if (isMainThread) await programs[process.argv[2]]();
else await parts[workerData]();
