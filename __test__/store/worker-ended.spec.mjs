import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runNode } from "../_support/run.mjs";

const PROGRAM = "__test__/_support/ended-workers.mjs";
const SEED = process.env.ONESCOPE_SEED ?? "1";

test("workers that are ended inside any call leave the process, its counters and every call as they were", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "onescope-ended-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const args = ["--expose-gc", PROGRAM, SEED, folder];
  const { code, signal, stdout, stderr } = await runNode(args, { timeoutMs: 120_000 });
  assert.deepEqual([code, signal], [0, null], stderr);
  const { calls, ended, errors, start, left, after } = JSON.parse(stdout);
  assert.deepEqual([ended, errors], [calls, []]);
  assert.equal(left.created, left.closed + left.abandoned + left.inFlight, JSON.stringify(left));
  assert.deepEqual([left.threads, left.livePages, left.inFlight], [1, 1, start.inFlight], JSON.stringify(left));
  for (const [call, outcome] of Object.entries(after)) assert.equal(outcome, "ok", call);
});
