import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { backend } from "../../js/index.js";
import { flightDirectory, readFlight } from "../_support/flights.mjs";
import { runNode } from "../_support/run.mjs";

const PROGRAM = `
  import { record } from "onescope/inspect";
  const { active } = record({ directory: process.argv[1], maxBytes: 2 ** 20 });
  console.log(active ? "recorded" : "off");
  if (!active) {
    try {
      record({ directory: process.argv[1], strict: true });
    } catch ({ code, message }) {
      console.log(code, message);
    }
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
    const { code, stdout, stderr } = await run(directory, flags);
    assert.match(stderr, /\[ERR_ONESCOPE_PERMISSION\] OnescopeWarning: onescope's record\(\) is off: /);
    assert.match(stdout, /^off\nERR_ONESCOPE_PERMISSION /, stderr);
    assert.ok(stdout.includes(`--allow-fs-write=${directory}/*, or`), stdout);
    assert.ok(!existsSync(directory));
    assert.equal(code, 0);
  }
  // What the message says.
  const { stdout, stderr } = await run(directory, [`--allow-fs-write=${directory}/*`]);
  assert.equal(stdout, "recorded\n", stderr);
  assert.equal((await readFlight(directory)).endedCleanly, true);
});
