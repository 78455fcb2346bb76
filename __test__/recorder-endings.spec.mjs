import assert from "node:assert/strict";
import { test } from "node:test";
import { backend } from "../js/index.js";
import { flightPath, lastFlight, readFlight } from "./_support/flights.mjs";
import { runNode } from "./_support/run.mjs";

const native = backend === "native";

const START = `
  import { record } from "onescope/inspect";
  import { setTimeout as sleep } from "node:timers/promises";
  const path = process.argv[1];
  if (path !== "none") record({ path, maxBytes: 2 ** 20 });
`;

const run = (/** @type {string} */ path, /** @type {string} */ program) =>
  runNode(["--input-type=module", "--eval", START + program, path]);

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGABRT"]) {
  test(`${signal} ends the process as before and is named`, { skip: !native }, async (t) => {
    const path = flightPath(t);
    const ran = await run(path, `process.kill(process.pid, "${signal}"); setInterval(() => {}, 1000);`);
    assert.deepEqual([ran.code, ran.signal], [null, signal], ran.stderr);
    const flight = await readFlight(path);
    assert.deepEqual([flight.signal, flight.handledSignal, flight.endedCleanly], [signal, null, false]);
    assert.match((await lastFlight([path])).stdout, new RegExp(`^ended {7}by ${signal}`, "m"));
  });
}

test("a signal that the program handles is named with the code", { skip: !native }, async (t) => {
  const program = `
    process.on("SIGTERM", () => setTimeout(() => process.exit(4), 10));
    await sleep(700);
    process.kill(process.pid, "SIGTERM");
    setInterval(() => {}, 1000);
  `;
  const path = flightPath(t);
  assert.deepEqual([(await run("none", program)).code, (await run(path, program)).code], [4, 4]);
  const flight = await readFlight(path);
  assert.deepEqual([flight.signal, flight.handledSignal, flight.ending.code], [null, "SIGTERM", 4]);
  assert.match((await lastFlight([path])).stdout, /^ended {7}exit with code 4, after SIGTERM was handled$/m);
});

for (const [what, program, code] of /** @type {Array<[string, string, number]>} */ ([
  ["a later exit handler sets another code", 'process.on("exit", () => { process.exitCode = 5; });', 5],
  ["a later exit handler exits", 'process.on("exit", () => process.exit(6));', 6],
  ["a later exit handler throws", 'process.on("exit", () => { throw new Error("late"); });', 1],
  ["process.reallyExit", "process.reallyExit(9);", 9],
])) {
  test(`the code is the one that the parent sees: ${what}`, { skip: !native }, async (t) => {
    const path = flightPath(t);
    const ran = await run(path, program);
    const stock = await run("none", program);
    assert.deepEqual([ran.code, ran.signal], [stock.code, stock.signal]);
    if (what !== "a later exit handler throws") assert.equal(ran.code, code);
    assert.equal((await readFlight(path)).ending.code, ran.code);
  });
}

test("an uncaught error of a worker is named by its class", { skip: !native }, async (t) => {
  const path = flightPath(t);
  const program = `
    const { Worker } = await import("node:worker_threads");
    new Worker("throw new RangeError()", { eval: true });
  `;
  assert.equal((await run(path, program)).code, 1);
  assert.deepEqual((await readFlight(path)).ending, { how: "error", code: 1, error: "RangeError" });
});
