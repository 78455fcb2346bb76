import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { requestJson } from "../_support/http.mjs";
import { startDiagnosticsApp } from "../_support/start-diagnostics-app.mjs";

const BLOCK_MS = 5000;
const REQUESTS = 200;
const PATHS = ["/in-flight", "/stalls", "/counters", "/eventloop"];

/**
 * What it proves: the server responds without the main thread. A server that waited for it would take seconds in every repetition.
 * It is no bound for each request: a busy machine delays any process, so the first repetition with a p99 below `P99_MS` suffices.
 */
const REPETITIONS = 4;
const P99_MS = 20;

test(`while the main thread is blocked for ${BLOCK_MS} ms, p99 is below ${P99_MS} ms in one of ${REPETITIONS} repetitions`, async (t) => {
  const server = await startDiagnosticsApp();
  let on = true;
  const load = Array.from({ length: 32 }, async (_, n) => {
    const path = n % 2 === 0 ? "/quick" : "/slow?ms=200";
    while (on) await (await fetch(server.app + path)).text();
  });
  try {
    const all = [];
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      await sleep(1000);
      const times = await requestWhileBlocked(server);
      const [p50, p99, max] = [0.5, 0.99, 1].map((share) => times[Math.ceil(share * times.length) - 1]);
      t.diagnostic(`p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, max ${max.toFixed(2)} ms`);
      all.push(p99);
      if (times.length >= REQUESTS / 2 && p99 < P99_MS) return;
    }
    assert.fail(`p99 was ${all.join(", ")} ms`);
  } finally {
    on = false;
    await Promise.allSettled(load);
    await server.stop();
  }
});

/**
 * @param {Awaited<ReturnType<typeof startDiagnosticsApp>>} server
 * @returns {Promise<number[]>} how long each request took, in ms, shortest first, up to the first that came after the block
 */
async function requestWhileBlocked(server) {
  server.poke(`/report?ms=${BLOCK_MS}`);
  const began = () =>
    requestJson(`${server.page}/in-flight`).then(({ threads }) => threads[0].suspect?.request?.label === "GET /report");
  while (!(await began()));
  const times = [];
  for (let n = 0; n < REQUESTS; n++) {
    const start = performance.now();
    const response = await requestJson(server.page + PATHS[n % PATHS.length]);
    times.push(performance.now() - start);
    if (n % PATHS.length === 0) {
      // A busy machine may not manage all requests within the block.
      if (!(response.threads[0].blockedMs > 0)) break;
      assert.ok(response.total > 5, `under load: ${response.total}`);
    }
    await sleep(10);
  }
  return times.sort((a, b) => a - b);
}
