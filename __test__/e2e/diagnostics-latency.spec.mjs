import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { askJson, startDiagnosed } from "../_support/start-diagnosed.mjs";

const BLOCK_MS = 5000;
const REQUESTS = 200;
const PATHS = ["/inflight", "/stalls", "/counters", "/eventloop"];

test(`${REQUESTS} requests answer while the main thread is blocked for ${BLOCK_MS} ms under load`, async (t) => {
  const server = await startDiagnosed();
  try {
    let on = true;
    const load = Array.from({ length: 16 }, async () => {
      while (on) await (await fetch(`${server.app}/quick`)).text();
    });
    await sleep(1000);
    server.poke(`/report?ms=${BLOCK_MS}`);
    for (;;) {
      const { threads } = await askJson(`${server.page}/inflight`);
      if (threads[0].blockedMs > 0) break;
    }
    const times = [];
    for (let n = 0; n < REQUESTS; n++) {
      const start = performance.now();
      const answer = await askJson(server.page + PATHS[n % PATHS.length]);
      times.push(performance.now() - start);
      if (n % PATHS.length === 0) {
        assert.ok(answer.threads[0].blockedMs > 0, "still blocked");
        assert.ok(answer.total >= 16, "under load");
      }
      await sleep(10);
    }
    on = false;
    await Promise.all(load);
    times.sort((a, b) => a - b);
    const [p50, p99, most] = [0.5, 0.99, 1].map((share) => times[Math.ceil(share * REQUESTS) - 1].toFixed(2));
    t.diagnostic(`p50 ${p50} ms, p99 ${p99} ms, longest ${most} ms`);
    assert.ok(Number(p99) < 20, `p99 ${p99} ms`);
  } finally {
    await server.stop();
  }
});
