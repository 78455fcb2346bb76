// Programs that are probed while they are blocked; for inspect-helper.spec.mjs. usage: node asked.mjs PROGRAM

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

/** Answers as a watched thread does, but takes so long that what comes meanwhile hits the answer. */
function answerSlowly() {
  globalThis[RESPONDER] = (thread) => {
    if (thread !== 7) return null;
    loop(400);
    return { id: null, heartbeat: 1, stack: "" };
  };
}

/** Asks thread 7 after 300 ms, from a worker. */
async function startAsking() {
  const worker = new Worker(PROGRAM, { workerData: "ask" });
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
  async "stop while asking"() {
    const stuck = new Worker(PROGRAM, { workerData: "in a native call" });
    process.on("worker", (worker) => {
      if (worker !== stuck) worker.on("exit", (code) => console.log("the helper ended", code));
    });
    const watching = watch({ thresholdMs: 100 });
    await once(stuck, "message");
    await sleep(400);
    watching.stop();
    await once(stuck, "exit");
  },
  async "time limit"() {
    answerSlowly();
    await startAsking();
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
    const worker = new Worker(PROGRAM, { workerData: "stuck" });
    await once(worker, "message");
    await startAsking();
    await sleep(500);
    await worker.terminate();
    console.log("terminated");
    process.exit();
  },
  async "many workers"() {
    watch({ thresholdMs: 100 });
    for (let round = 0; round < 5; round++) {
      const workers = Array.from({ length: 3 }, () => new Worker(PROGRAM, { workerData: "stuck later" }));
      await Promise.all(workers.map((worker) => once(worker, "message")));
      await sleep(150 + 20 * round);
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
    console.log("all ended");
  },
};

const parts = {
  async ask() {
    const { Probe } = await import("../../js/watchdog/probe.js");
    // A session keeps no event loop alive.
    parentPort.on("message", () => {});
    parentPort.postMessage("ready");
    await sleep(300);
    await new Probe(7).request();
  },
  stuck() {
    answerSlowly();
    parentPort.postMessage("stuck");
    for (;;);
  },
  async "in a native call"() {
    const { createRequestContext, runWithRequestContext } = await import("../../shims/unified-request-context.js");
    runWithRequestContext(createRequestContext(), () => {});
    await sleep(150);
    parentPort.postMessage("stuck");
    execSync("sleep 1");
  },
  async "stuck later"() {
    const { createRequestContext, runWithRequestContext } = await import("../../shims/unified-request-context.js");
    runWithRequestContext(createRequestContext(), () => {});
    await sleep(150);
    parentPort.postMessage("stuck");
    runWithRequestContext(createRequestContext(), () => loop(60_000));
  },
};

if (isMainThread) await programs[process.argv[2]]();
else await parts[workerData]();
