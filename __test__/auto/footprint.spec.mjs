import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { backend } from "../../js/index.js";
import { autoHome, listed, startAuto } from "../_support/auto/start-auto.mjs";
import { request } from "../_support/http.mjs";
import { inheritedFlags, ROOT, runNode } from "../_support/run.mjs";
import { until } from "../_support/wait.mjs";

const PLAIN = fileURLToPath(new URL("../_support/auto/plain.cjs", import.meta.url));

describe("a small server with onescope/auto", { skip: backend !== "native" }, () => {
  test("loads neither Node's HTTP client nor HTTP/2", async (t) => {
    const { env } = autoHome(t);
    const { code, stdout, stderr } = await runNode([PLAIN], { env });
    assert.deepEqual([code, stderr], [0, ""]);
    const large = JSON.parse(stdout).filter((/** @type {string} */ name) => /undici|http2/.test(name));
    assert.deepEqual(large, []);
  });

  test("runs with a limit of the address space in which Node can start no thread", {
    skip: process.platform !== "linux",
  }, async (t) => {
    const { env } = autoHome(t);
    // Less than a worker's V8 reserves, which ends the process if it cannot.
    const limit = 'ulimit -v 1900000 && exec "$0" "$@"';
    const child = spawn("sh", ["-c", limit, process.execPath, ...inheritedFlags(), PLAIN], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 60_000,
    });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    assert.ok(stdout.startsWith("["), stderr);
    assert.match(
      stderr,
      /^\(node:\d+\) OnescopeWarning: onescope reports stalls without stacks: .*ulimit -v unlimited/m,
    );
  });

  test("adds one listener of the exit, and keeps time where the program controls it", async (t) => {
    const { env } = autoHome(t);
    const { exits, end } = await startAuto(t, ["crowded.cjs"], { env });
    const [{ url }] = await until(
      () => listed(env),
      ([each]) => each?.url !== undefined,
    );
    const { status } = await until(
      () => request(`${url}readyz`),
      (response) => response.status === 200,
    );
    assert.deepEqual([status, exits, await end()], [200, 10, ""]);
  });
});
