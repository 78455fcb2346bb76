import assert from "node:assert/strict";
import { test } from "node:test";
import { mode } from "../../js/async-context/node-hooks.js";
import { runNode } from "../_support/run.mjs";

// With frames, a `run` leaves one behind where there was none. Whatever is entered later in the turn, and in all that it
// starts, is then a copy, which costs two to three times as much.
test("neither loading onescope nor turning everything on leaves a frame behind", { skip: !mode.frames }, async () => {
  const { code, stdout, stderr } = await runNode(["__test__/_support/left-frames.mjs"]);
  assert.equal(code, 0, stderr);
  const { before, loaded, on, run } = JSON.parse(stdout);
  assert.deepEqual({ before, loaded, on }, { before: 0, loaded: 0, on: 0 });
  assert.ok(run > 0, "a frame would be found");
});
