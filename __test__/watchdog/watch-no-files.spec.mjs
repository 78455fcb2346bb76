import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { backend } from "../../js/index.js";
import { inheritedFlags, ROOT } from "../_support/run.mjs";
import { onTime } from "../_support/wait.mjs";

const INSPECT = new URL("../../js/inspect.js", import.meta.url).href;

// It gives its files back, so that it can exit normally.
const PROGRAM = `
  import { openSync, closeSync } from "node:fs";
  import { setTimeout as sleep } from "node:timers/promises";
  import { watch, runTask } from ${JSON.stringify(INSPECT)};
  watch({ thresholdMs: 200 });
  await sleep(1000);
  const held = [];
  let code;
  try {
    for (;;) held.push(openSync("/dev/null"));
  } catch (error) {
    ({ code } = error);
  }
  runTask("without files", () => { const end = performance.now() + 900; while (performance.now() < end); });
  await sleep(200);
  held.forEach(closeSync);
  console.log(code);
  process.exit();`;

test(
  "a stall is reported, with its stack, in a process that has no file descriptor left",
  {
    skip: backend !== "native" || process.platform === "win32",
  },
  () =>
    onTime(async () => {
      const flags = [...inheritedFlags(), "--input-type=module", "--eval", PROGRAM];
      // Node raises the soft limit; this sets both.
      const child = spawn("sh", ["-c", 'ulimit -n 200 && exec "$0" "$@"', process.execPath, ...flags], {
        cwd: ROOT,
        env: { ...process.env, NODE_OPTIONS: "", NODE_TEST_CONTEXT: undefined },
        stdio: ["ignore", "pipe", "pipe"],
        timeout: 30_000,
      });
      const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
      assert.equal(stdout, "EMFILE\n", stderr);
      const lines = stderr.split("\n").filter((line) => line.startsWith('{"onescope"'));
      const reports = lines.map((line) => JSON.parse(line));
      const meant = reports.filter(({ request }) => request?.label === "without files");
      assert.deepEqual([meant[0]?.onescope, meant.at(-1)?.onescope], ["stall", "recovered"], stderr);
      const exact = meant.find(({ confidence }) => confidence === "exact");
      if (exact === undefined) return `no exact report: ${stderr}`;
      assert.ok(exact.stack.length > 0);
    }),
);
