import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { backend } from "../../js/index.js";
import { flightPath, lastFlight, record } from "../_support/flights.mjs";

const native = backend === "native";

test("last-flight tells people what was in flight", { skip: !native }, async (t) => {
  const path = flightPath(t);
  await record({ path, end: "kill" });
  const { code, stdout } = await lastFlight([path]);
  assert.equal(code, 0);
  assert.match(stdout, /^process {5}\d+, Node \d+\.\d+\.\d+, onescope \d/);
  assert.match(stdout, /^ended {7}no: it was killed or it crashed$/m);
  assert.match(stdout, /^in flight: 2\n {2}\d+ ms {2}active {2}waits {2}other {2}thread 0 {2}seq \d+\n.+ends/m);
  assert.match(stdout, /^ {2}0 {2}entered last: ends \(seq \d+, active, \d+ ms old\)$/m);
  assert.match(stdout, /^ {2}pages in the file: 1 of 474$/m);
});

test("last-flight says what is wrong with a file", { skip: !native }, async (t) => {
  const path = flightPath(t);
  await record({ path, end: "kill" });
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
    const told = await lastFlight([`${path}-changed`]);
    assert.deepEqual([told.code, told.stdout], [1, ""]);
    assert.match(told.stderr, new RegExp(`^ERR_ONESCOPE_FLIGHT_${code}: .+\n$`));
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

test("last-flight explains itself", async () => {
  const help = await lastFlight(["--help"]);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /^usage: onescope last-flight FILE \[--json\]/);
  for (const args of [[], ["one", "two"], ["--no-such-option"]]) {
    const { code, stderr } = await lastFlight(args);
    assert.equal(code, 2);
    assert.match(stderr, /see onescope last-flight --help/);
  }
  const without = await lastFlight(["any"], { ONESCOPE_NATIVE_PATH: "/no/addon.node" });
  assert.equal(without.code, 1);
  assert.match(without.stderr, /^ERR_ONESCOPE_BACKEND: .+\n {2}- \/no\/addon\.node/);
});
