import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { backend, SlotStorage } from "onescope";
import { histograms, inFlight, record, serve, trackRequests, watch } from "onescope/inspect";
import { instrument } from "onescope/opentelemetry";

/** @type {object[]} */
const stalls = [];

trackRequests();
watch({ thresholdMs: 200, onStall: (stall) => stalls.push(stall) });
const diagnostics = serve({ port: 0 });
const recording = record({ directory: process.env.FLIGHTS });

const user = new SlotStorage();

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  user.run(searchParams.get("user"), async () => {
    if (pathname === "/block") {
      const end = performance.now() + 500;
      while (performance.now() < end);
    }
    await sleep(50);
    const labels = inFlight().map(({ label }) => label);
    const state = { diagnostics: diagnostics.url, recording: recording.path, latencies: histograms().length };
    response.end(JSON.stringify({ backend, user: user.getStore(), labels, stalls, ...state, otel: typeof instrument }));
  });
});

server.listen(0, "127.0.0.1", () => console.log(`app on http://127.0.0.1:${server.address().port}`));
