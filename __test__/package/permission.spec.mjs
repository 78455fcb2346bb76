import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { test } from "node:test";
import { backend } from "../../js/index.js";
import { flightPath, readFlight } from "../_support/flights.mjs";
import { runNode } from "../_support/run.mjs";

const PROGRAM = `
  import { record } from "onescope/inspect";
  try {
    record({ path: process.argv[1], maxBytes: 2 ** 20 });
    console.log("recorded");
  } catch (error) {
    console.log(error.code, error.message);
  }
`;

const run = (/** @type {string} */ path, /** @type {string[]} */ flags) =>
  runNode([
    ...["--permission", "--allow-addons", "--allow-worker", "--allow-fs-read=*", ...flags],
    ...["--input-type=module", "--eval", PROGRAM, path],
  ]);

test("record() asks Node's permission model", { skip: backend !== "native" }, async (t) => {
  const path = flightPath(t);
  for (const flags of [[], [`--allow-fs-write=${path}`]]) {
    const { stdout, stderr } = await run(path, flags);
    assert.match(stdout, /^ERR_ONESCOPE_PERMISSION .*--allow-fs-write=.*\n$/, stderr);
    assert.ok(!existsSync(path));
  }
  const { stdout } = await run(path, [`--allow-fs-write=${dirname(path)}/*`]);
  assert.equal(stdout, "recorded\n");
  assert.equal((await readFlight(path)).endedCleanly, true);
});
