import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { backend } from "../../js/index.js";
import { flightDirectory, readFlight } from "../_support/flights.mjs";
import { runNode } from "../_support/run.mjs";

const PROGRAM = `
  import { record } from "onescope/inspect";
  try {
    record({ directory: process.argv[1], maxBytes: 2 ** 20 });
    console.log("recorded");
  } catch (error) {
    console.log(error.code, error.message);
  }
`;

const run = (/** @type {string} */ directory, /** @type {string[]} */ flags) =>
  runNode([
    ...["--permission", "--allow-addons", "--allow-worker", "--allow-fs-read=*", ...flags],
    ...["--input-type=module", "--eval", PROGRAM, directory],
  ]);

test("record() respects Node's permission model", { skip: backend !== "native" }, async (t) => {
  const directory = flightDirectory(t);
  for (const flags of [[], [`--allow-fs-write=${join(directory, "a-file")}`]]) {
    const { stdout, stderr } = await run(directory, flags);
    assert.match(stdout, /^ERR_ONESCOPE_PERMISSION /, stderr);
    assert.ok(stdout.includes(`--allow-fs-write=${directory}/*, or`), stdout);
    assert.ok(!existsSync(directory));
  }
  // What the message says.
  const { stdout, stderr } = await run(directory, [`--allow-fs-write=${directory}/*`]);
  assert.equal(stdout, "recorded\n", stderr);
  assert.equal((await readFlight(directory)).endedCleanly, true);
});
