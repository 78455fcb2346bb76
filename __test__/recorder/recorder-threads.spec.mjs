import assert from "node:assert/strict";
import { test } from "node:test";
import { backend } from "../../js/index.js";
import { flightDirectory, labels, readFlight, record } from "../_support/flights.mjs";
import { runNode } from "../_support/run.mjs";

const native = backend === "native";

test("workers are recorded, and those that ended are not in flight", { skip: !native }, async (t) => {
  const directory = flightDirectory(t);
  const { signal, stderr } = await record({ directory, end: "workers" });
  assert.equal(signal, "SIGKILL", stderr);
  const flight = await readFlight(directory);
  assert.deepEqual(labels(flight).sort(), ["ends", "late job", "waits"]);
  const late = flight.inFlight.find(({ label }) => label === "late job");
  assert.deepEqual(
    flight.threads.map(({ id, lastEntered }) => [id, lastEntered.label]),
    [
      [0, "ends"],
      [late.thread, "late job"],
    ],
  );
});

test("a worker that was there before moves into the flight", { skip: !native }, async (t) => {
  const directory = flightDirectory(t);
  const { signal, stderr } = await record({ directory, early: true, watched: true });
  assert.equal(signal, "SIGKILL", stderr);
  const flight = await readFlight(directory);
  assert.ok(labels(flight).includes("early job"));
  // Its contexts from before stay where they were.
  assert.ok(labels(flight).includes("before"));
  assert.deepEqual([flight.unrecorded.pages, flight.unrecorded.threads], [1, 0]);
});

test("a worker cannot record by itself", { skip: !native }, async (t) => {
  const { code, stdout } = await record({ directory: flightDirectory(t), end: "worker's record" });
  assert.deepEqual([code, JSON.parse(stdout)], [0, { response: "ERR_ONESCOPE_RECORD_WORKER" }]);
});

test("a thread that cannot follow a change says so once, and goes on", { skip: !native }, async () => {
  const source = `
    globalThis.setInterval = () => { throw new Error("on purpose"); };
    const { backend } = await import("./js/store/backend.js");
    const { runTask } = await import("./js/inspect.js");
    runTask("attaches the thread", () => {});
    for (let n = 0; n < 2; n++) {
      backend.watchdog.watchStart({ thresholdMs: 1000, maxPerMinute: 1, stacks: false, calls: [] });
      await new Promise((resolve) => setTimeout(resolve, 200));
      backend.watchdog.watchStop();
    }`;
  const { code, stderr } = await runNode(["--input-type=module", "--eval", source]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(stderr.match(/OnescopeWarning: onescope failed to .*$/gm), [
    "OnescopeWarning: onescope failed to include this thread in watch(), record() and serve(): Error: on purpose",
  ]);
});
