import assert from "node:assert/strict";
import { test } from "node:test";
import { runNode } from "../_support/run.mjs";

test("under a few seconds of attacks honest clients get responses and the memory stays small", {
  skip: process.platform !== "linux",
}, async (t) => {
  const { code, stdout, stderr } = await runNode(["scripts/hostile-clients.mjs", "--minutes", "0.07"]);
  for (const line of stdout.split("\n")) if (/^(honest|memory|server)/.test(line)) t.diagnostic(line);
  assert.equal(code, 0, stdout + stderr);
});
