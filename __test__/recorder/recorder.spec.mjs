import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { describe, test } from "node:test";
import { backend } from "../../js/index.js";
import { record as recordHere, runTask } from "../../js/inspect.js";
import { codeOf } from "../_support/code-of.mjs";
import { flightDirectory, flightsIn, labels, lastFlight, readFlight, record } from "../_support/flights.mjs";

const native = backend === "native";
const SECRET = "a secret of the user's";

/** How a flight says it ended: cleanly, how, code, class of the error. */
const ending = ({ endedCleanly, ending: end }) => [endedCleanly, end?.how, end?.code, end?.error];

/** @type {Array<[end: string, ending: any[], exit: [code: number | null, signal: string | null]]>} */
const ENDS = [
  ["kill", [false, undefined, undefined, undefined], [null, "SIGKILL"]],
  ["abort", [false, undefined, undefined, undefined], [null, "SIGABRT"]],
  ["run out", [true, "exit", 0, null], [0, null]],
  ["exit 3", [true, "exit", 3, null], [3, null]],
  ["throw", [false, "error", 1, "TypeError"], [1, null]],
  ["reject", [false, "error", 1, "RangeError"], [1, null]],
  ["throw text", [false, "error", 1, "string"], [1, null]],
  ["throw and survive", [true, "exit", 0, null], [0, null]],
  ["throw and exit", [false, "error", 1, "TypeError"], [1, null]],
];

describe("how a process ended is in its recording", { skip: !native, concurrency: 2 }, () => {
  for (const [end, expected, [code, signal]] of ENDS) {
    test(end, async (t) => {
      const directory = flightDirectory(t);
      const before = Date.now();
      const ran = await record({ directory, end });
      const after = Date.now();
      assert.deepEqual([ran.code, ran.signal], [code, signal], ran.stderr);
      const flight = await readFlight(directory);
      assert.deepEqual(ending(flight), expected);
      assert.equal(flight.running, false);
      // What ends at once is over; what throws while it runs leaves its work open or closed as the program does.
      assert.ok(labels(flight).includes("waits") && !labels(flight).includes("over"), labels(flight).join());
      if (["kill", "abort", "exit 3"].includes(end)) assert.deepEqual(labels(flight), ["waits", "ends"]);
      const [waits] = flight.inFlight;
      assert.deepEqual([waits.kind, waits.state, waits.thread, waits.parent], ["other", "active", 0, null]);
      assert.ok(waits.ageMs >= 10 && waits.ageMs <= after - before, `${waits.ageMs}`);
      const [started, lastAlive] = [Date.parse(flight.startedAt), Date.parse(flight.lastAliveAt)];
      assert.ok(before <= started && started <= lastAlive && lastAlive <= after + 10);
      assert.deepEqual(flight.corrupt, { pages: 0, records: 0, stalls: 0, snapshots: 0 });
      assert.deepEqual(flight.unrecorded, { pages: 0, inFlight: 0, threads: 0 });
      assert.equal(flight.threads[0].lastEntered.label, "ends");
      const [path] = flightsIn(directory);
      assert.ok(!readFileSync(path).includes(SECRET));
      assert.equal(statSync(path).mode & 0o777, 0o600);
    });
  }
});

test("what a task waited for is in the flight", { skip: !native }, async (t) => {
  const directory = flightDirectory(t);
  await record({ directory, end: "kill while it waits" });
  const flight = await readFlight(directory);
  const waits = new Map(flight.inFlight.map(({ label, waiting }) => [label, waiting]));
  assert.equal(waits.get("waits"), null);
  assert.match(waits.get("ends").label, /^tcp 127\.0\.0\.1:\d+$/);
  const { stdout } = await lastFlight([directory]);
  assert.match(stdout, /ends .* waiting \d+ ms: tcp 127\.0\.0\.1:\d+$/m);
});

test("the call that a thread was in is in the flight", { skip: !native }, async (t) => {
  const directory = flightDirectory(t);
  const { signal } = await record({ directory, end: "kill itself in a call", watched: true });
  assert.equal(signal, "SIGKILL");
  const { call } = (await readFlight(directory)).threads[0];
  assert.deepEqual([call.name, call.request.label, call.request.state], ["child_process.execSync", "ends", "active"]);
  const { stdout } = await lastFlight([directory]);
  assert.match(stdout, /was in child_process\.execSync for \d+ ms, called by ends \(id \d+, active, /);
});

test("stall reports are in the flight", { skip: !native }, async (t) => {
  const directory = flightDirectory(t);
  const { stderr } = await record({ directory, end: "stall", watched: true });
  const lines = stderr.split("\n").filter((line) => line.startsWith('{"onescope"'));
  const { stalls } = await readFlight(directory);
  assert.deepEqual(
    stalls.map(({ at, ...report }) => report),
    lines.map((line) => JSON.parse(line)),
  );
  assert.deepEqual([stalls[0].onescope, stalls[0].request.label], ["stall", "ends"]);
  const { stdout } = await lastFlight([directory]);
  assert.match(stdout, /T[\d:.]+Z {2}thread 0 blocked for \d+ ms, ends \(last-seen\)/);
});

test("a recording that was stopped says so, and records nothing more", { skip: !native }, async (t) => {
  const directory = flightDirectory(t);
  await record({ directory, end: "stop" });
  const flight = await readFlight(directory);
  assert.deepEqual(ending(flight), [true, "stopped", null, null]);
  assert.deepEqual(labels(flight), ["waits", "ends"]);
});

test("a full file is said to be full", { skip: !native }, async (t) => {
  const directory = flightDirectory(t);
  const recording = recordHere({ directory, maxBytes: 86_016 + 2 * 32_960 + 64 * 192 });
  assert.equal(
    codeOf(() => recordHere({ directory: `${directory}-other`, strict: true })),
    "ERR_ONESCOPE_RECORDING",
  );
  const held = [];
  for (let n = 0; n < 700; n++) void runTask(`job ${n}`, () => new Promise((resolve) => held.push(resolve)));
  const usage = recording.usage();
  assert.deepEqual([usage.capacity, usage.pages], [2, 2]);
  // One page of this thread's may be from before.
  assert.ok(usage.unrecorded >= 1, JSON.stringify(usage));
  recording.stop();
  const flight = await readFlight(directory);
  // 64 of those that are not in its pages have a copy.
  assert.equal(flight.inFlight.length, 2 * 255 + 64);
  assert.deepEqual([flight.unrecorded.inFlight, flight.mayBeMissing], [700 - 2 * 255 - 64, true]);
  const { stdout } = await lastFlight([directory]);
  assert.match(
    stdout,
    /may be missing: \d+ pages of contexts were outside the recording, .*; 126 contexts did not fit/,
  );
  assert.deepEqual(recording.usage(), { capacity: 0, pages: 0, unrecorded: 0 });
  for (const resolve of held) resolve();
});

test("options are checked", () => {
  for (const options of [
    { directory: "" },
    { directory: 7 },
    { directory: "/never\0" },
    { directory: "/never", keep: 0 },
    { directory: "/never", keep: 1001 },
    { directory: "/never", keep: 1.5 },
    { directory: "/never", strict: "yes" },
    { directory: "/never", maxBytes: "16 MB" },
    { directory: "/never", maxbytes: 2 ** 20 },
    { path: "/never" },
    ...(native
      ? [
          { directory: "/never", maxBytes: 1000 },
          { directory: "/never", maxBytes: 2 ** 31 },
        ]
      : []),
  ]) {
    assert.equal(
      codeOf(() => recordHere(/** @type {any} */ (options))),
      "ERR_ONESCOPE_OPTION",
      JSON.stringify(options),
    );
  }
  assert.throws(() => recordHere(/** @type {any} */ ({ path: "/never" })), {
    message: 'record() has no option "path"; it has directory, keep, maxBytes, strict',
  });
  assert.ok(!existsSync("/never"));
});

test("the JavaScript backend lacks it, which is an error if strict", { skip: native }, () => {
  assert.equal(
    codeOf(() => recordHere({ directory: "/never", strict: true })),
    "ERR_ONESCOPE_BACKEND",
  );
});
