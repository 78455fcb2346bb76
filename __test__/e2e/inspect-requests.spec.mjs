import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { nodeNamed } from "../../scripts/nodes.mjs";
import { startProduction } from "../_support/example.mjs";
import { ROOT } from "../_support/run.mjs";
import { until } from "../_support/wait.mjs";

const preload = join(ROOT, "__test__/_support/print-inspect.mjs");

/** @type {Array<[path: string, label: string, kind: string, init?: RequestInit]>} */
const REQUESTS = [
  ["/dynamic?rid=rq-00000001", "GET /dynamic", "appPage"],
  ["/items/rq-00000002", "GET /items/[rid]", "appPage"],
  ["/stream", "GET /stream", "appPage"],
  ["/after", "GET /after", "appPage"],
  ["/isr", "GET /isr", "appPage"],
  ["/api/echo?rid=rq-00000003", "GET /api/echo", "appPage"],
  ["/api/echo", "POST /api/echo", "appPage", { method: "POST", body: '{"rid":"rq-00000004"}' }],
  ["/no-such-page?secret", "GET /404", "appPage"],
  ["/legacy/ssr?rid=rq-00000005", "GET /legacy/ssr", "pagesPage"],
  ["/fr/legacy/ssr?rid=rq-00000006", "GET /legacy/ssr", "pagesPage"],
  ["/api/legacy-echo?rid=rq-00000007", "GET /api/legacy-echo", "appPage"],
];

/** @type {Array<[node: string, variant: string, backend: string]>} */
const MATRIX = [
  ["24", "both", "native"],
  ["24", "plugin", "native"],
  ["24 without frames", "both", "native"],
  ["22", "both", "native"],
  ["26", "both", "js"],
];
for (const [node, variant, backend] of MATRIX) {
  test(`Node ${node}, ${variant}, ${backend}: one record per HTTP request, labelled by its route, closed`, async () => {
    const server = await startProduction(nodeNamed(node), variant, { backend, preload });
    try {
      const first = await until(
        () => server.store(),
        ({ counts }) => counts.inFlight === 0,
      );
      const known = new Set(first.contexts.map((/** @type {any} */ each) => each.id));
      const fresh = (/** @type {any} */ facts) =>
        facts.contexts.filter((/** @type {any} */ each) => !known.has(each.id));
      for (const [path, label, kind, init] of REQUESTS) {
        await (await fetch(server.origin + path, init)).text();
        const facts = await until(
          () => server.store(),
          ({ counts }) => counts.inFlight === 0,
        );
        const made = fresh(facts);
        for (const each of made) known.add(each.id);
        const requests = made.filter((/** @type {any} */ each) => each.parent === null);
        assert.deepEqual(
          requests.map((/** @type {any} */ each) => [each.label, each.kind, each.state]),
          [[label, kind, "closed"]],
          path,
        );
        for (const part of made) if (part.parent !== null) assert.equal(part.parent, requests[0].id, path);
      }
      // Given up by its client while it streams.
      const abort = new AbortController();
      const response = await fetch(`${server.origin}/stream`, { signal: abort.signal });
      await response.body?.getReader().read();
      abort.abort();
      const facts = await until(
        () => server.store(),
        ({ counts }) => counts.inFlight === 0,
      );
      assert.deepEqual(
        fresh(facts).map((/** @type {any} */ each) => [each.label, each.state]),
        [["GET /stream", "closed"]],
      );
      // All at once.
      const many = Array.from({ length: 60 }, (_, index) => REQUESTS[index % REQUESTS.length]);
      await Promise.all(many.map(async ([path, , , init]) => (await fetch(server.origin + path, init)).text()));
      const after = await until(
        () => server.store(),
        ({ counts }) => counts.inFlight === 0,
      );
      assert.deepEqual([after.counts.inFlight, after.counts.abandoned], [0, 0]);
      assert.ok(!JSON.stringify(after).includes("rq-0"), "nothing that a client sent is in a label");
      assert.ok(!JSON.stringify(after).includes("secret"));
    } finally {
      await server.stop();
    }
  });
}
