// A program that records, has work in flight, and ends as its arguments say; for the recorder's specs.
//
// It prints its own JSON lines; the specs check the flight.

import { execSync } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { record, runTask, trackRequests, watch } from "../../js/inspect.js";
import { backend } from "../../js/store/backend.js";
import { until } from "./wait.mjs";

// Of a message only the first line is kept.
const MESSAGE = "plain words\na secret of the user's";

const forever = () => new Promise(() => {});
const die = () => process.kill(process.pid, "SIGKILL");
const say = (value) => console.log(JSON.stringify(value));

async function block() {
  // A thread counts as blocked only after its first heartbeat.
  await sleep(300);
  const end = performance.now() + 1000;
  while (performance.now() < end);
}

/** Looks at the own flight until it is as it should be. */
async function untilFlight(path, holds) {
  const flight = await until(() => backend.recorder.readFlight(path), holds);
  if (!holds(flight)) throw new Error(`the flight never became what it should: ${JSON.stringify(flight)}`);
}

const inFlight = (flight, label) => flight.inFlight.some((each) => each.label === label);

/** Ways to end, by name. */
const ends = {
  kill: die,
  abort: () => process.abort(),
  async "kill while it waits"({ path }) {
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address();
    connect(port, "127.0.0.1").on("error", () => {});
    await untilFlight(path, ({ inFlight }) => inFlight.some(({ waiting }) => waiting?.label.startsWith("tcp ")));
    die();
  },
  "kill itself in a call": () => execSync("kill -9 $PPID"),
  // Closes what keeps the loop alive: nothing does.
  "run out": () => {},
  "exit 3": () => process.exit(3),
  throw() {
    throw new TypeError(MESSAGE);
  },
  reject: () => void Promise.reject(new RangeError(MESSAGE)),
  "throw text": () => {
    throw MESSAGE;
  },
  "throw and survive": async () => {
    process.on("uncaughtException", () => {});
    setImmediate(() => {
      throw new TypeError(MESSAGE);
    });
    await sleep(50);
  },
  "throw and exit": async () => {
    process.on("uncaughtException", () => process.exit(1));
    setImmediate(() => {
      throw new TypeError(MESSAGE);
    });
    await sleep(50);
  },
  async stall() {
    await block();
    await sleep(200);
    die();
  },
  async "kill in a stall"() {
    await block();
    die();
  },
  async stop(recording) {
    recording.stop();
    await runTask("after the stop", () => sleep(10));
    die();
  },
  async wait() {
    say({ ready: process.pid });
    // Until its input ends.
    for await (const _ of process.stdin);
  },
  async workers({ path }) {
    const worker = new Worker(new URL(import.meta.url), { workerData: "late" });
    const passing = new Worker(new URL(import.meta.url), { workerData: "passing" });
    await untilFlight(path, (flight) => inFlight(flight, "late job") && inFlight(flight, "passing job"));
    await passing.terminate();
    await untilFlight(path, (flight) => !inFlight(flight, "passing job") && flight.threads.length === 2);
    void worker;
    die();
  },
  "worker's record": async () => {
    const [response] = await once(new Worker(new URL(import.meta.url), { workerData: "record" }), "message");
    say({ response });
    process.exit(0);
  },
};

async function main() {
  const { end, watched = false, early = false, ...options } = JSON.parse(process.argv[2]);
  let worker;
  if (early) {
    worker = new Worker(new URL(import.meta.url), { workerData: "early" });
    await once(worker, "message");
  }
  trackRequests();
  if (watched) watch({ thresholdMs: 300, stacks: false });
  const recording = record(options);
  if (early) {
    // The worker has its block and a page from before, and moves in by itself.
    await untilFlight(recording.path, (flight) => inFlight(flight, "early job") && flight.threads.length === 2);
    return die();
  }
  void runTask("waits", forever);
  await runTask("over", () => sleep(20));
  void runTask("ends", () => ends[end](recording));
}

if (isMainThread) await main();
else if (workerData === "record") {
  try {
    record({ directory: "/never", strict: true });
  } catch (error) {
    parentPort.postMessage(error.code);
  }
} else if (workerData === "early") {
  void runTask("before", forever);
  parentPort.postMessage("attached");
  setInterval(() => runTask("early job", () => sleep(100)), 20);
} else {
  void runTask(`${workerData} job`, forever);
  setInterval(() => {}, 1000);
}
