import assert from "node:assert/strict";
import { chmodSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { backend } from "../../js/index.js";
import { flightDirectory, flightsIn, lastFlight, readFlight } from "../_support/flights.mjs";
import { runNode } from "../_support/run.mjs";

const PROGRAM = fileURLToPath(new URL("../_support/changed-flight.mjs", import.meta.url));
const native = backend === "native";

/** Shell commands on the recording F; S is a small file, B one of the flight's size. Then what the process says of it. */
const COMMANDS = [
  ["echo > F", "was truncated"],
  [": > F", "was truncated"],
  ["cp S F", "was truncated"],
  ["cp B F", "was overwritten|was truncated"],
  ["tee F < S", "was truncated"],
  ["truncate -s 0 F", "was truncated"],
  ["truncate -s 100000 F", "was truncated"],
  ["dd if=S of=F 2> /dev/null", "was truncated"],
  ["dd if=S of=F conv=notrunc 2> /dev/null", "was overwritten"],
  // logrotate's copytruncate
  ["cp F F-copy && truncate -s 0 F", "was truncated"],
  ["rm F", "was removed"],
  ["mv S F", "was removed"],
];

describe("a recording that other programs change costs no process", { skip: !native, concurrency: 2 }, () => {
  for (const [command, said] of COMMANDS) {
    test(command, async (t) => {
      const directory = flightDirectory(t);
      mkdirSync(directory);
      writeFileSync(join(directory, "small"), "x".repeat(9000));
      writeFileSync(join(directory, "big"), "x".repeat(2 ** 20));
      const words = command.replace(/\b[SB]\b/g, (name) => join(directory, name === "S" ? "small" : "big"));
      const { code, signal, stdout, stderr } = await runNode([PROGRAM, directory, words]);
      assert.deepEqual([code, signal, stdout], [0, null, "alive 1300\n"], stderr);
      assert.match(stderr, new RegExp(`^onescope: the flight recording \\S+\\.flight (${said}).*\\n$`));
    });
  }
});

test("a recording whose file is moved or write-protected goes on", { skip: !native }, async (t) => {
  for (const command of ["mv F F-moved.flight", "chmod 400 F"]) {
    const directory = flightDirectory(t);
    const { code, stderr } = await runNode([PROGRAM, directory, command]);
    assert.deepEqual([code, stderr], [0, ""]);
    const [file] = flightsIn(directory);
    assert.equal(file.endsWith("-moved.flight"), command.startsWith("mv"));
    chmodSync(file, 0o600);
    assert.equal((await readFlight(file)).endedCleanly, true);
  }
});

test("a copy that was made before the file was shortened is read", { skip: !native }, async (t) => {
  const directory = flightDirectory(t);
  await runNode([PROGRAM, directory, "cp F F-copy && : > F"]);
  const [path] = flightsIn(directory);
  assert.match((await lastFlight([`${path}-copy`])).stdout, /^in flight: /m);
  assert.match((await lastFlight([path])).stderr, /^ERR_ONESCOPE_FLIGHT_/);
  assert.ok(statSync(`${path}-copy`).size > 0);
});

const BUS = `
  import { record } from "onescope/inspect";
  const [directory, handled] = process.argv.slice(1);
  let got = 0;
  const listen = () => process.on("SIGBUS", () => got++);
  if (handled === "before") listen();
  const recording = directory === "none" ? undefined : record({ directory, maxBytes: 2 ** 20 });
  if (handled === "after") listen();
  if (handled === "stopped") recording?.stop();
  process.kill(process.pid, "SIGBUS");
  setTimeout(() => console.log("got", got), 100);
`;

test("any other SIGBUS does what it did", { skip: !native }, async (t) => {
  for (const handled of ["no", "before", "after", "stopped"]) {
    const run = async (/** @type {string} */ directory) => {
      const { code, signal, stdout } = await runNode(["--input-type=module", "--eval", BUS, directory, handled]);
      return [code, signal, stdout];
    };
    assert.deepEqual(await run(flightDirectory(t)), await run("none"), handled);
  }
});
