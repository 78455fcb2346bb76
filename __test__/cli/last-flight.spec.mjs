import assert from "node:assert/strict";
import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { toText } from "../../js/cli/last-flight/text.js";
import { backend } from "../../js/index.js";
import { flightDirectory, flightsIn, lastFlight, record, startRecording } from "../_support/flights.mjs";

const native = backend === "native";

test("last-flight prints what was in flight as text", { skip: !native }, async (t) => {
  const directory = flightDirectory(t);
  await record({ directory, end: "kill" });
  const { code, stdout } = await lastFlight([directory]);
  assert.equal(code, 0);
  assert.equal(stdout.split("\n")[0], `file          ${flightsIn(directory)}`);
  assert.match(stdout, /^process {7}\d+, Node \d+\.\d+\.\d+, onescope \d/m);
  assert.match(stdout, /^ended {9}killed or crashed$/m);
  assert.match(
    stdout,
    /^in flight: 2\n {2}\d+ ms {2}active {2}waits {2}other {2}thread 0 {2}id \d+(?: {2}waiting for nothing known)?\n.+ends/m,
  );
  assert.match(stdout, /^ {2}0 {2}entered last: ends \(id \d+, active, \d+ ms old\)$/m);
  assert.match(stdout, /^ {2}pages in the file: 1 of 474$/m);
});

test("last-flight says that a thread was blocked at the end, unless it had recovered", { skip: !native }, async (t) => {
  for (const [end, expected] of /** @type {const} */ ([
    ["kill in a stall", true],
    ["stall", false],
  ])) {
    const directory = flightDirectory(t);
    await record({ directory, end, watched: true });
    const { stdout } = await lastFlight([directory]);
    assert.match(stdout, /^last stall reports$/m);
    const said =
      /^ {2}0 {2}entered last: ends .+\n {5}was blocked, for at least (\d+) ms: its last stall report has no recovery$/m;
    assert.equal(said.test(stdout), expected, stdout);
  }
});

test("a stall after which the watch did not go on says nothing of the end", () => {
  const stall = {
    onescope: "stall",
    thread: 0,
    blockedMs: 1000,
    confidence: "exact",
    request: null,
    call: null,
    stack: [],
  };
  const recovered = { onescope: "recovered", thread: 0, blockedMs: 1000, request: null };
  const isBlocked = (/** @type {number} */ sinceMs, /** @type {object} */ change = {}) => {
    const flight = {
      ...{ pid: 1, node: "24.0.0", onescope: "0.1.0", startedAtMs: 0, lastAliveAtMs: 10_000, running: false },
      ...{ ending: null, signal: null, handledSignal: null, endedCleanly: false, inFlight: [], counters: null },
      threads: [{ id: 0, lastEntered: null, call: null }],
      stalls: [{ atMs: 10_000 - sinceMs, report: stall }],
      ...{ unrecorded: null, mayBeMissing: false, countersAgeMs: null, pagesUsed: 0, pagesCapacity: 1 },
      corrupt: { pages: 0, records: 0, stalls: 0, snapshots: 0 },
      ...change,
    };
    return / blocked, for at least 1\.0 s:/.test(toText({ file: "a", live: [], flight: /** @type {any} */ (flight) }));
  };
  assert.deepEqual([isBlocked(100), isBlocked(900), isBlocked(5000)], [true, true, false]);
  const before = { atMs: 9000, report: stall };
  assert.equal(isBlocked(0, { stalls: [before, { atMs: 9500, report: recovered }] }), false);
  assert.equal(isBlocked(0, { stalls: [before, { atMs: 9500, report: { ...recovered, thread: 1 } }] }), true);
  // What is corrupt may have been the recovery.
  assert.equal(isBlocked(100, { corrupt: { pages: 0, records: 0, stalls: 1, snapshots: 0 } }), false);
});

test("last-flight says what is wrong with a file", { skip: !native }, async (t) => {
  const directory = flightDirectory(t);
  await record({ directory, end: "kill" });
  const [path] = flightsIn(directory);
  const whole = readFileSync(path);
  const changed = (/** @type {number} */ at, /** @type {number} */ value) => {
    const bytes = Buffer.from(whole);
    bytes[at] = value;
    return bytes;
  };
  for (const [bytes, code] of /** @type {Array<[Buffer, string]>} */ ([
    [Buffer.from("something else"), "FOREIGN"],
    [Buffer.alloc(0), "FOREIGN"],
    [whole.subarray(0, whole.length - 1), "TRUNCATED"],
    [whole.subarray(0, 100), "TRUNCATED"],
    [changed(100, whole[100] ^ 1), "TORN"],
    [changed(8, 1), "VERSION"],
  ])) {
    writeFileSync(`${path}-changed`, bytes);
    const result = await lastFlight([`${path}-changed`]);
    assert.deepEqual([result.code, result.stdout], [1, ""]);
    assert.match(result.stderr, new RegExp(`^ERR_ONESCOPE_FLIGHT_${code}: .+\n$`));
  }
  const missing = await lastFlight([`${path}-missing`]);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /^ERR_ONESCOPE_FLIGHT_UNREADABLE: /);
  // What a damaged file says does not steer the terminal.
  const at = whole.indexOf("waits");
  writeFileSync(
    `${path}-changed`,
    Buffer.concat([whole.subarray(0, at), Buffer.from("\u001b[2J!"), whole.subarray(at + 5)]),
  );
  assert.match((await lastFlight([`${path}-changed`])).stdout, / \?\[2J! /);
});

/** @param {string[]} args */
async function choice(args) {
  const { code, stdout, stderr } = await lastFlight([...args, "--json"]);
  const { file, live, running } = code === 0 ? JSON.parse(stdout) : {};
  return { code, file, live, running, stderr };
}

test("of a directory last-flight takes the newest recording that has ended", { skip: !native }, async (t) => {
  const directory = flightDirectory(t);
  for (let n = 0; n < 2; n++) await record({ directory, end: "kill" });
  const [, ended] = flightsIn(directory);
  const restarted = await startRecording(t, directory);
  const other = await startRecording(t, directory);
  const live = [restarted.file, other.file].sort().reverse();
  assert.deepEqual(await choice([directory]), { code: 0, file: ended, live, running: false, stderr: "" });
  const { stdout } = await lastFlight([directory]);
  assert.equal(stdout.split("\n")[0], `file          ${ended}; still recording: ${live.join(", ")}`);
  // A file is taken as it is.
  assert.deepEqual(await choice([other.file]), { code: 0, file: other.file, live: [], running: true, stderr: "" });
  await restarted.end("SIGKILL");
  assert.equal((await choice([directory])).file, restarted.file);
});

test("where every recording is live last-flight takes the newest", { skip: !native }, async (t) => {
  const directory = flightDirectory(t);
  for (let n = 0; n < 2; n++) await startRecording(t, directory);
  const [old, newest] = flightsIn(directory);
  assert.deepEqual(await choice([directory]), { code: 0, file: newest, live: [old], running: true, stderr: "" });
  assert.match((await lastFlight([directory])).stdout, /^ended {9}still running$/m);
});

test("last-flight skips what is no recording, and says so", { skip: !native }, async (t) => {
  const directory = flightDirectory(t);
  await record({ directory, end: "kill" });
  const [ended] = flightsIn(directory);
  symlinkSync(ended, join(directory, "20990101T000000.000Z-1.flight"));
  writeFileSync(join(directory, "zzz.flight"), "something else");
  assert.deepEqual(await choice([directory]), { code: 0, file: ended, live: [], running: false, stderr: "" });
  const damaged = join(directory, "20990101T000000.000Z-2.flight");
  writeFileSync(damaged, readFileSync(ended).subarray(0, 100));
  const found = await choice([directory]);
  assert.equal(found.file, ended);
  assert.match(found.stderr, /^skipped: ERR_ONESCOPE_FLIGHT_TRUNCATED: [^\n]+-2\.flight [^\n]+\n$/);
  rmSync(ended);
  const none = await choice([directory]);
  assert.equal(none.code, 1);
  assert.match(none.stderr, /^ERR_ONESCOPE_FLIGHT_TRUNCATED: /);
  rmSync(damaged);
  const empty = await choice([directory]);
  assert.equal(empty.code, 1);
  assert.match(empty.stderr, /^ERR_ONESCOPE_FLIGHT_UNREADABLE: no flight recording in /);
});

test("last-flight explains itself", async () => {
  const help = await lastFlight(["--help"]);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /^usage: onescope last-flight \[PATH or PID\] \[--json\]/);
  for (const args of [["one", "two"], ["--no-such-option"]]) {
    const { code, stderr } = await lastFlight(args);
    assert.equal(code, 2);
    assert.match(stderr, /see onescope last-flight --help/);
  }
  const without = await lastFlight(["any"], { ONESCOPE_NATIVE_PATH: "/no/addon.node" });
  assert.equal(without.code, 1);
  assert.match(without.stderr, /^ERR_ONESCOPE_BACKEND: .+\n {2}- \/no\/addon\.node/);
});
