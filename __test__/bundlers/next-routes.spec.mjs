import assert from "node:assert/strict";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { histograms, inFlight, trackRequests } from "../../js/inspect.js";
import { install } from "../../scripts/setup.mjs";
import { until } from "../_support/wait.mjs";
import { HERE } from "./packages.mjs";

// Labels are the routes of Next.js, of both routers.

const DIR = join(HERE, "next-routes");

/** @type {Array<[path: string, status: number, whileItRuns: string | undefined, over: string]>} */
const CASES = [
  ["/blog/first?token=secret", 200, "GET /blog/[slug]", "GET /blog/[slug]"],
  ["/blog/thrown", 500, undefined, "GET /blog/[slug]"],
  ["/api/items/5", 200, "GET /api/items/[id]", "GET /api/items/[id]"],
  ["/legacy/first", 200, "GET /legacy/[name]", "GET /legacy/[name]"],
  ["/api/ping", 200, "GET /api/[what]", "GET /api/[what]"],
  ["/missing", 404, undefined, "GET (no route)"],
];

const counts = () => new Map(histograms().map(({ label, count }) => [label, count]));

test("Next.js: labels are routes", { timeout: 120_000 }, async (t) => {
  install(HERE);
  // Not afterwards: Turbopack still writes to it, and waits for ever if it cannot.
  rmSync(join(DIR, ".next"), { recursive: true, force: true });
  process.env.NEXT_TELEMETRY_DISABLED = "1";
  Object.assign(globalThis, { onescopeTest: { label: () => inFlight()[0].label } });
  const tracking = trackRequests();
  t.after(() => tracking.stop());
  const next = createRequire(join(DIR, "next.config.mjs"))("next");
  const app = next({ dev: true, dir: DIR, quiet: true });
  await app.prepare();
  const server = createServer(app.getRequestHandler()).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await app.close();
  });
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  for (const [path, status, running, over] of CASES) {
    const before = counts();
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    const text = await response.text();
    assert.equal(response.status, status, path);
    if (running !== undefined) assert.ok(text.includes(running), `${path}: ${text}`);
    const count = (before.get(over) ?? 0) + 1;
    const found = await until(counts, (now) => now.get(over) === count);
    assert.equal(found.get(over), count, `${path}: ${JSON.stringify([...found])}`);
  }
});
