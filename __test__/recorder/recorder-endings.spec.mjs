import assert from "node:assert/strict";
import { test } from "node:test";
import { backend } from "../../js/index.js";
import { libc } from "../../js/store/native/libc.js";
import { flightDirectory, lastFlight, readFlight } from "../_support/flights.mjs";
import { runNode } from "../_support/run.mjs";

const native = backend === "native";

const START = `
  import { record } from "onescope/inspect";
  import { setTimeout as sleep } from "node:timers/promises";
  const directory = process.argv[1];
  if (directory !== "none") record({ directory, maxBytes: 2 ** 20 });
`;

const run = (/** @type {string} */ directory, /** @type {string} */ program) =>
  runNode(["--input-type=module", "--eval", START + program, directory]);

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGABRT"]) {
  test(`${signal} ends the process as before and is named`, { skip: !native }, async (t) => {
    const directory = flightDirectory(t);
    const ran = await run(directory, `process.kill(process.pid, "${signal}"); setInterval(() => {}, 1000);`);
    assert.deepEqual([ran.code, ran.signal], [null, signal], ran.stderr);
    const flight = await readFlight(directory);
    assert.deepEqual([flight.signal, flight.handledSignal, flight.endedCleanly], [signal, null, false]);
    assert.match((await lastFlight([directory])).stdout, new RegExp(`^ended {9}by ${signal}`, "m"));
  });
}

test("a signal that the program handles is named with the code", { skip: !native }, async (t) => {
  const program = `
    process.on("SIGTERM", () => setTimeout(() => process.exit(4), 10));
    await sleep(700);
    process.kill(process.pid, "SIGTERM");
    setInterval(() => {}, 1000);
  `;
  const directory = flightDirectory(t);
  assert.deepEqual([(await run("none", program)).code, (await run(directory, program)).code], [4, 4]);
  const flight = await readFlight(directory);
  assert.deepEqual([flight.signal, flight.handledSignal, flight.ending.code], [null, "SIGTERM", 4]);
  assert.match((await lastFlight([directory])).stdout, /^ended {9}exit with code 4, after SIGTERM was handled$/m);
});

for (const [what, program, code] of /** @type {Array<[string, string, number]>} */ ([
  ["a later exit handler sets another code", 'process.on("exit", () => { process.exitCode = 5; });', 5],
  ["a later exit handler exits", 'process.on("exit", () => process.exit(6));', 6],
  ["a later exit handler throws", 'process.on("exit", () => { throw new Error("late"); });', 1],
  ["process.reallyExit", "process.reallyExit(9);", 9],
])) {
  // musl has nothing that is called with the code at the end.
  const onlyGlibc = libc() === "musl" && what !== "a later exit handler throws";
  test(`the code is the one that the parent sees: ${what}`, { skip: !native || onlyGlibc }, async (t) => {
    const directory = flightDirectory(t);
    const ran = await run(directory, program);
    const stock = await run("none", program);
    assert.deepEqual([ran.code, ran.signal], [stock.code, stock.signal]);
    if (what !== "a later exit handler throws") assert.equal(ran.code, code);
    assert.equal((await readFlight(directory)).ending.code, ran.code);
  });
}

/** Errors that end a process, and what is noted of them: class and message. */
const ERRORS = /** @type {Array<[what: string, program: string, error: string, message: string | null]>} */ ([
  ["no message", "throw new RangeError()", "RangeError", null],
  ["a message", 'throw new RangeError("no such shelf")', "RangeError", "no such shelf"],
  ["more than a line", 'throw new Error("\\n  first\\r\\nsecond")', "Error", "first"],
  ["what steers a terminal", 'throw new Error("a\\u001b[2Jb\\u202ec")', "Error", "a?[2Jb?c"],
  ["100,000 characters", 'throw new Error("\u00e9".repeat(100_000))', "Error", `${"\u00e9".repeat(98)}\u2026`],
  ["text", 'throw "just text"', "string", "just text"],
]);

for (const [what, program, error, message] of ERRORS) {
  test(`an uncaught error is named by class and message: ${what}`, { skip: !native }, async (t) => {
    const directory = flightDirectory(t);
    assert.equal((await run(directory, program)).code, 1);
    assert.deepEqual((await readFlight(directory)).ending, { how: "error", code: 1, error, message });
  });

  // Node wraps text that a worker throws in an error of its own.
  if (error === "string") continue;

  test(`an uncaught error of a worker is named likewise: ${what}`, { skip: !native }, async (t) => {
    const directory = flightDirectory(t);
    const worker = `
      const { Worker } = await import("node:worker_threads");
      new Worker(${JSON.stringify(program)}, { eval: true });
    `;
    assert.equal((await run(directory, worker)).code, 1);
    assert.deepEqual((await readFlight(directory)).ending, { how: "error", code: 1, error, message });
    if (message === null) return;
    const shown = `ended         exit with code 1, after an uncaught ${error}: ${message}\n`;
    assert.ok((await lastFlight([directory])).stdout.includes(shown));
  });
}

test("what a program throws cannot harm it while it is noted", { skip: !native }, async (t) => {
  const program = `
    const thrown = new Error("fine");
    Object.defineProperty(thrown, "message", { get() { throw new Error("no"); } });
    Object.defineProperty(thrown, "constructor", { get() { throw new Error("no"); } });
    process.on("uncaughtException", () => process.exit(7));
    queueMicrotask(() => { throw thrown; });
    setInterval(() => {}, 1000);
  `;
  const directory = flightDirectory(t);
  assert.equal((await run(directory, program)).code, 7);
  assert.deepEqual((await readFlight(directory)).ending, { how: "error", code: 7, error: "Error", message: null });
});

test("an error of a later exit handler is the end", { skip: !native }, async (t) => {
  const directory = flightDirectory(t);
  const { code } = await run(directory, 'process.on("exit", () => { throw new TypeError("late"); });');
  const { ending } = await readFlight(directory);
  assert.deepEqual(ending, { how: "error", code, error: "TypeError", message: "late" });
});

const noExecve = !native || typeof process.execve !== "function" || process.platform === "win32";

test("process.execve is noted, and what it starts goes on", { skip: noExecve }, async (t) => {
  const directory = flightDirectory(t);
  const program = `
    const { execve } = await import("node:process");
    execve(process.execPath, [process.execPath, "--print", "6 * 7"], process.env);
  `;
  const ran = await run(directory, program);
  assert.deepEqual([ran.code, ran.stdout], [0, "42\n"], ran.stderr);
  const flight = await readFlight(directory);
  assert.deepEqual(flight.ending, { how: "execve", code: null, error: null, message: null });
  assert.deepEqual([flight.running, flight.signal, flight.endedCleanly], [false, null, true]);
  assert.match((await lastFlight([directory])).stdout, /^ended {9}by process\.execve: replaced by another program$/m);
});

test("an execve that is refused is not the end", { skip: noExecve }, async (t) => {
  const directory = flightDirectory(t);
  const refused = `try { process.execve(7); } catch (error) { if (error.code !== "ERR_INVALID_ARG_TYPE") throw error; }`;
  assert.equal(
    (await run(directory, `${refused} process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000);`)).code,
    null,
  );
  assert.equal((await readFlight(directory)).ending, null);
  const impossible = 'process.execve("/does/not/exist", ["x"], {}); setInterval(() => {}, 1000);';
  const stock = await run("none", impossible);
  const ran = await run(directory, impossible);
  assert.deepEqual([ran.code, ran.signal], [stock.code, stock.signal]);
  const { ending, signal } = await readFlight(directory);
  assert.deepEqual([ending?.code ?? null, signal], [stock.code, stock.signal]);
});

test("process.execve is Node's again after stop()", { skip: noExecve }, async (t) => {
  const program = `
    const before = process.execve;
    const recording = record({ directory: process.argv[2], maxBytes: 2 ** 20 });
    const same = [process.execve.name === before.name, process.execve.length === before.length];
    recording.stop();
    console.log(JSON.stringify([...same, process.execve === before]));
  `;
  const ran = await runNode(["--input-type=module", "--eval", START + program, "none", flightDirectory(t)]);
  assert.equal(ran.stdout, "[true,true,true]\n", ran.stderr);
});
