import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { backend } from "../../js/index.js";
import { record as recordHere, runTask } from "../../js/inspect.js";
import { codeOf } from "../_support/eventually.mjs";
import { flightPath, labels, lastFlight, readFlight, record } from "../_support/flights.mjs";
import { inheritedFlags, ROOT } from "../_support/run.mjs";
import { until } from "../_support/until.mjs";

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

describe("how a process ended is in its flight", { skip: !native, concurrency: 2 }, () => {
  for (const [end, expected, [code, signal]] of ENDS) {
    test(end, async (t) => {
      const path = flightPath(t);
      const before = Date.now();
      const ran = await record({ path, end });
      const after = Date.now();
      assert.deepEqual([ran.code, ran.signal], [code, signal], ran.stderr);
      const flight = await readFlight(path);
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
      assert.deepEqual(flight.corrupt, { pages: 0, cells: 0, stalls: 0, snapshots: 0 });
      assert.deepEqual(flight.unrecorded, { pages: 0, inFlight: 0, threads: 0 });
      assert.equal(flight.threads[0].lastEntered.label, "ends");
      assert.ok(!readFileSync(path).includes(SECRET));
      assert.equal(statSync(path).mode & 0o777, 0o600);
    });
  }
});

test("the call that a thread was in is in the flight", { skip: !native }, async (t) => {
  const path = flightPath(t);
  const { signal } = await record({ path, end: "kill itself in a call", watched: true });
  assert.equal(signal, "SIGKILL");
  const { call } = (await readFlight(path)).threads[0];
  assert.deepEqual([call.name, call.request.label, call.request.state], ["child_process.execSync", "ends", "active"]);
  const { stdout } = await lastFlight([path]);
  assert.match(stdout, /was in child_process\.execSync for \d+ ms, called by ends \(seq \d+, active, /);
});

test("stall reports are in the flight", { skip: !native }, async (t) => {
  const path = flightPath(t);
  const { stderr } = await record({ path, end: "stall", watched: true });
  const lines = stderr.split("\n").filter((line) => line.startsWith('{"onescope"'));
  const { stalls } = await readFlight(path);
  assert.deepEqual(
    stalls.map(({ at, ...report }) => report),
    lines.map((line) => JSON.parse(line)),
  );
  assert.deepEqual([stalls[0].onescope, stalls[0].request.label], ["stall", "ends"]);
  const { stdout } = await lastFlight([path]);
  assert.match(stdout, /T[\d:.]+Z {2}thread 0 blocked for \d+ ms, ends \(last-seen\)/);
});

test("a recording that was stopped says so, and records nothing more", { skip: !native }, async (t) => {
  const path = flightPath(t);
  await record({ path, end: "stop" });
  const flight = await readFlight(path);
  assert.deepEqual(ending(flight), [true, "stopped", null, null]);
  assert.deepEqual(labels(flight), ["waits", "ends"]);
});

test("the last flights are kept", { skip: !native }, async (t) => {
  const path = flightPath(t);
  const pids = [];
  for (const end of ["exit 3", "kill", "kill", "exit 3"]) {
    await record({ path, end });
    pids.unshift((await readFlight(path)).pid);
  }
  assert.deepEqual(readdirSync(dirname(path)).sort(), ["flight", "flight.1", "flight.2"]);
  for (const [age, pid] of pids.slice(0, 3).entries()) {
    assert.equal((await readFlight(age === 0 ? path : `${path}.${age}`)).pid, pid);
  }
});

test("two processes never share a file", { skip: !native }, async (t) => {
  const path = flightPath(t);
  const program = fileURLToPath(new URL("../_support/recorded.mjs", import.meta.url));
  const first = spawn(process.execPath, [...inheritedFlags(), program, JSON.stringify({ path, end: "nothing" })], {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: "", NODE_TEST_CONTEXT: undefined },
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => first.kill("SIGKILL"));
  await once(first.stdout, "data");
  const second = await record({ path, end: "kill", strict: true });
  assert.equal(second.code, 1);
  assert.match(second.stderr, /code: 'ERR_ONESCOPE_RECORD_HELD'/);
  assert.ok(second.stderr.includes(`process ${first.pid} records into ${path} and is alive`), second.stderr);
  const flight = await readFlight(path);
  assert.deepEqual([flight.pid, flight.running, flight.endedCleanly], [first.pid, true, null]);
  assert.match((await lastFlight([path])).stdout, /still running/);
  first.kill("SIGKILL");
  await once(first, "exit");
  assert.equal((await readFlight(path)).endedCleanly, false);
  assert.equal((await record({ path, end: "exit 3" })).code, 3);
  assert.equal((await readFlight(`${path}.1`)).pid, first.pid);
});

test("a process that finds its file taken records into one of its own, and says so", { skip: !native }, async (t) => {
  const path = flightPath(t);
  const runs = Array.from({ length: 3 }, () => record({ path, end: "wait" }));
  const folder = dirname(path);
  await until(
    () => readdirSync(folder).filter((name) => /^flight(-\d)?$/.test(name)).length,
    (count) => count === 3,
    30_000,
  );
  writeFileSync(`${path}-end`, "");
  const ran = await Promise.all(runs);
  assert.deepEqual(
    ran.map(({ code }) => code),
    [0, 0, 0],
    JSON.stringify(ran),
  );
  const warnings = ran
    .map(({ stderr }) => stderr.match(/OnescopeWarning: .+/g) ?? [])
    .filter(({ length }) => length > 0);
  assert.equal(warnings.length, 2);
  assert.match(
    warnings[0].join(),
    /record\(\) records into \S+flight-\d, because .+ records into \S+flight and is alive; give each/,
  );
  const pids = await Promise.all(["", "-2", "-3"].map(async (end) => (await readFlight(path + end)).pid));
  assert.equal(new Set(pids).size, 3);
  assert.ok((await lastFlight([path])).stdout.includes(`other processes: ${path}-2, ${path}-3`));
});

test("a lock on the folder, which any user who reads it can take, holds nothing up", { skip: !native }, async (t) => {
  const path = flightPath(t);
  const lock = spawn("flock", [dirname(path), "sleep", "60"], { stdio: "ignore", detached: true });
  t.after(() => process.kill(-(lock.pid ?? 0), "SIGKILL"));
  await until(
    () => spawnSync("flock", ["-n", dirname(path), "true"]).status,
    (status) => status === 1,
    10_000,
  );
  assert.equal((await record({ path, end: "exit 3" })).code, 3);
  assert.equal((await readFlight(path)).ending.code, 3);
});

for (const [keep, earlier] of /** @type {Array<[number, boolean]>} */ ([
  [1, false],
  [3, false],
  [2, true],
])) {
  const what = `of processes that start at the same time one gets the file, of ${keep}, earlier: ${earlier}`;
  test(what, { skip: !native }, async (t) => {
    const path = flightPath(t);
    if (earlier) await record({ path, end: "kill" });
    let ended = 0;
    const runs = Array.from({ length: 4 }, () =>
      record({ path, end: "wait", keep, strict: true }).finally(() => ended++),
    );
    await until(
      () => ended,
      (count) => count >= 3,
      30_000,
    );
    const flight = await readFlight(path);
    assert.deepEqual([flight.running, flight.endedCleanly], [true, null]);
    writeFileSync(`${path}-end`, "");
    const ran = await Promise.all(runs);
    const held = ran.filter(({ stderr }) => stderr.includes("code: 'ERR_ONESCOPE_RECORD_HELD'"));
    assert.deepEqual([held.length, ran.filter(({ code }) => code === 0).length], [3, 1], JSON.stringify(ran));
    const after = await readFlight(path);
    assert.deepEqual([after.pid, ...ending(after)], [flight.pid, true, "exit", 0, null]);
    const expected = earlier ? ["flight", "flight-end", "flight.1"] : ["flight", "flight-end"];
    assert.deepEqual(readdirSync(dirname(path)).sort(), expected);
  });
}

test("what is no flight is left alone", { skip: !native }, (t) => {
  const path = flightPath(t);
  writeFileSync(path, "precious");
  assert.equal(
    codeOf(() => recordHere({ path, strict: true })),
    "ERR_ONESCOPE_RECORD_TAKEN",
  );
  const link = join(dirname(path), "link");
  symlinkSync("nowhere", link);
  assert.equal(
    codeOf(() => recordHere({ path: link, strict: true })),
    "ERR_ONESCOPE_RECORD_TAKEN",
  );
  assert.equal(
    codeOf(() => recordHere({ path: join(path, "below"), strict: true })),
    "ERR_ONESCOPE_RECORD_FILE",
  );
  assert.equal(recordHere({ path: join(path, "below") }).path, null, "without strict it records nothing");
  const { path: own, stop } = recordHere({ path });
  stop();
  assert.equal(own, `${path}-2`);
  assert.equal(readFileSync(path, "utf8"), "precious");
  assert.deepEqual(readdirSync(dirname(path)).sort(), ["flight", "flight-2", "link"]);
});

test("a full file is said to be full", { skip: !native }, async (t) => {
  const path = flightPath(t);
  const recording = recordHere({ path, maxBytes: 86_016 + 2 * 32_960 + 64 * 192 });
  assert.equal(
    codeOf(() => recordHere({ path: `${path}-other`, strict: true })),
    "ERR_ONESCOPE_RECORDING",
  );
  const held = [];
  for (let n = 0; n < 700; n++) void runTask(`job ${n}`, () => new Promise((resolve) => held.push(resolve)));
  const usage = recording.usage();
  assert.deepEqual([usage.capacity, usage.pages], [2, 2]);
  // One page of this thread's may be from before.
  assert.ok(usage.unrecorded >= 1, JSON.stringify(usage));
  recording.stop();
  const flight = await readFlight(path);
  // 64 of those that are not in its pages have a copy.
  assert.equal(flight.inFlight.length, 2 * 255 + 64);
  assert.deepEqual([flight.unrecorded.inFlight, flight.mayBeMissing], [700 - 2 * 255 - 64, true]);
  const { stdout } = await lastFlight([path]);
  assert.match(stdout, /may be missing: \d+ pages of contexts lay outside the recording; 126 found no room/);
  assert.deepEqual(recording.usage(), { capacity: 0, pages: 0, unrecorded: 0 });
  for (const resolve of held) resolve();
});

test("options are checked", () => {
  for (const options of [
    undefined,
    {},
    { path: "" },
    { path: 7 },
    { path: "/never\0" },
    { path: "/never", keep: 0 },
    { path: "/never", keep: 101 },
    { path: "/never", keep: 1.5 },
    ...(native
      ? [
          { path: "/never", maxBytes: 1000 },
          { path: "/never", maxBytes: 2 ** 31 },
        ]
      : []),
  ]) {
    assert.equal(
      codeOf(() => recordHere(options)),
      "ERR_ONESCOPE_OPTION",
      JSON.stringify(options),
    );
  }
  assert.ok(!existsSync("/never"));
});

test("the JavaScript backend says what it lacks", { skip: native }, () => {
  assert.equal(
    codeOf(() => recordHere({ path: "/never" })),
    "ERR_ONESCOPE_BACKEND",
  );
});
