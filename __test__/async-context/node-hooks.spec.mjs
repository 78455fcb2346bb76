import assert from "node:assert/strict";
import { test } from "node:test";
import { mode } from "../../js/async-context/node-hooks.js";

test("the propagation mode is the one that the runner started this Node in", () => {
  assert.ok(["true", "false"].includes(process.env.TEST_FRAMES ?? ""), "run by scripts/test-js.mjs");
  assert.equal(String(mode.frames), process.env.TEST_FRAMES);
});
