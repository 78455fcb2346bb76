import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT, runNode } from "../_support/run.mjs";

const PROGRAM = join(ROOT, "__test__/_support/hostile-calls.mjs");
const SEED = process.env.ONESCOPE_SEED ?? "1";
const CALLS = process.env.ONESCOPE_CALLS ?? "3000";

test("hostile arguments get errors with a code, or those of Node's own class, and change no scope", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "onescope-hostile-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const { code, signal, stdout, stderr } = await runNode([PROGRAM, SEED, folder, CALLS], { timeoutMs: 120_000 });
  assert.deepEqual([code, signal], [0, null], stderr);
  const { wrong, codes, counts } = JSON.parse(stdout);
  assert.deepEqual(wrong, [], `ONESCOPE_SEED=${SEED}`);
  assert.equal(counts.created, counts.closed + counts.abandoned + counts.inFlight, JSON.stringify(counts));
  assert.ok(
    Object.keys(codes).length >= 6,
    `so many codes show that calls pass the first checks: ${JSON.stringify(codes)}`,
  );
});
