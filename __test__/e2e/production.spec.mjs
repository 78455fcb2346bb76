import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { NODES, nodeNamed } from "../../scripts/nodes.mjs";
import { EXAMPLE, startProduction } from "../_support/example.mjs";
import { requestConcurrently, requestEachRoute } from "../_support/load.mjs";
import { ROOT } from "../_support/run.mjs";

const CONCURRENT = 300;
const preload = join(ROOT, "__test__/_support/print-store.mjs");

/** How long deferred work of the last requests may take; only a request that is never closed takes so long. */
const SETTLE_MS = 60_000;

/**
 * Starts a server, hands it to `use`, and stops it whatever happens.
 *
 * @param {{ path: string, flags: string[] }} node
 * @param {string} variant
 * @param {{ backend?: string }} options
 * @param {(server: import("../_support/server.mjs").Server) => Promise<void>} use
 */
async function withServer(node, variant, options, use) {
  const server = await startProduction(node, variant, { ...options, preload });
  try {
    await use(server);
  } finally {
    await server.stop();
  }
}

/**
 * @param {import("../_support/server.mjs").Server} server
 * @returns {Promise<any>} the store once nothing is in flight any more
 */
async function settledStore(server) {
  const end = performance.now() + SETTLE_MS;
  for (;;) {
    const store = await server.store();
    if (store.counts.inFlight === 0 || performance.now() > end) return store;
    await sleep(100);
  }
}

for (const node of NODES) {
  // What travels by flag is the same in every variant; the variants differ in what is made a slot.
  for (const variant of node.flags.length === 0 ? ["plugin", "register", "both"] : ["both"]) {
    test(`production on Node ${node.name}, ${variant}: every request has a context, and closes it`, async () => {
      await withServer(node, variant, { backend: "native" }, async (server) => {
        await requestEachRoute(server.origin);
        await requestConcurrently(server.origin, CONCURRENT);
        const { counts, storages, entry, leaked, spreadCopies } = await settledStore(server);
        assert.equal(spreadCopies, 0, "a stock copy of vinext's module ran on our contexts");
        assert.equal(leaked, false, "a request's scope reached the outermost one");
        assert.deepEqual(entry, { allSlots: variant !== "plugin", watched: false });
        assert.ok(storages.used >= 4, `only ${storages.used} slots in use`);
        if (variant === "register") return;
        // Every request of the App Router and of the Pages Router, page or not, has a context, and closes it.
        assert.ok(counts.created > CONCURRENT, `${counts.created} contexts for over ${CONCURRENT} requests`);
        assert.equal(counts.closed, counts.created, JSON.stringify(counts));
      });
    });
  }
}

test("the bundles take onescope's functions by name, not through an object of getters", () => {
  const server = join(EXAMPLE, "dist/server");
  const files = readdirSync(server, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".js"));
  const imports = files.flatMap((name) =>
    [
      ...readFileSync(join(server, name), "utf8").matchAll(
        /(?:import|export)[^;()]{0,2000}?from\s*"onescope\/shims[^"]*"/g,
      ),
    ].map(String),
  );
  assert.ok(imports.length >= 4, "both environments import both modules");
  for (const each of imports) assert.doesNotMatch(each, /\*/);
});

test("where Node loads no addon, the app serves the same, and one line says what is off", async () => {
  const node = nodeNamed("24");
  await withServer({ ...node, flags: [...node.flags, "--no-addons"] }, "both", {}, async (server) => {
    await requestEachRoute(server.origin);
    await requestConcurrently(server.origin, CONCURRENT);
    const { counts } = await settledStore(server);
    assert.ok(counts.created > CONCURRENT);
    assert.equal(counts.closed, counts.created, JSON.stringify(counts));
    const lines = server.output().match(/^onescope: .*$/gm);
    assert.equal(lines?.length, 1, server.output());
    assert.match(
      String(lines),
      /^onescope: JavaScript backend \(no addon for .+: --no-addons disables addons; remove it\); watch/,
    );
  });
});
