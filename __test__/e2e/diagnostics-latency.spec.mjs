import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { askJson, startDiagnosed } from "../_support/start-diagnosed.mjs";

const BLOCK_MS = 5000;
const REQUESTS = 200;
const PATHS = ["/in-flight", "/stalls", "/counters", "/eventloop"];

/** A machine that does other work too may delay anybody: one round of several proves that the server is quick. */
const ROUNDS = 4;

test(`${REQUESTS} requests answer while the main thread is blocked for ${BLOCK_MS} ms under load`, async (t) => {
  const server = await startDiagnosed();
  let on = true;
  const load = Array.from({ length: 32 }, async (_, n) => {
    const path = n % 2 === 0 ? "/quick" : "/slow?ms=200";
    while (on) await (await fetch(server.app + path)).text();
  });
  try {
    const all = [];
    for (let round = 0; round < ROUNDS; round++) {
      await sleep(1000);
      const times = await askWhileBlocked(server);
      const [p50, p99, most] = [0.5, 0.99, 1].map((share) => times[Math.ceil(share * REQUESTS) - 1]);
      t.diagnostic(`p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, longest ${most.toFixed(2)} ms`);
      all.push(p99);
      if (p99 < 20) return;
    }
    assert.fail(`p99 ${all.join(", ")} ms`);
  } finally {
    on = false;
    await Promise.allSettled(load);
    await server.stop();
  }
});

/**
 * @param {Awaited<ReturnType<typeof startDiagnosed>>} server
 * @returns {Promise<number[]>} how long each request took, in ms, shortest first
 */
async function askWhileBlocked(server) {
  server.poke(`/report?ms=${BLOCK_MS}`);
  const began = () =>
    askJson(`${server.page}/in-flight`).then(({ threads }) => threads[0].suspect?.request?.label === "GET /report");
  while (!(await began()));
  const times = [];
  for (let n = 0; n < REQUESTS; n++) {
    const start = performance.now();
    const answer = await askJson(server.page + PATHS[n % PATHS.length]);
    times.push(performance.now() - start);
    if (n % PATHS.length === 0) {
      assert.ok(answer.threads[0].blockedMs > 0, "still blocked");
      assert.ok(answer.total > 5, `under load: ${answer.total}`);
    }
    await sleep(10);
  }
  return times.sort((a, b) => a - b);
}
