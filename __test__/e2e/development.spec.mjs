import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { nodeNamed } from "../../scripts/nodes.mjs";
import { startDevelopment } from "../_support/example.mjs";
import { requestConcurrently, requestEachRoute } from "../_support/load.mjs";
import { ROOT } from "../_support/run.mjs";

const preload = join(ROOT, "__test__/_support/print-store.mjs");
const CONCURRENT = 200;

for (const [nodeName, variant] of [
  ["22", "both"],
  ["24", "plugin"],
  ["24", "register"],
  ["26", "both"],
]) {
  test(`vite dev on Node ${nodeName} with ${variant} serves every route`, async () => {
    const server = await startDevelopment(nodeNamed(nodeName), variant, { preload });
    try {
      await requestEachRoute(server.origin);
      await requestConcurrently(server.origin, CONCURRENT);
      const { counts, leaked, spreadCopies } = await server.store();
      assert.equal(spreadCopies, 0, "a stock copy of vinext's module ran on our contexts");
      assert.equal(leaked, false, "a request's scope reached the outermost one");
      // Contexts of the App Router are made by vinext's handlers, which Vite would leave to Node with their stock shims.
      if (variant !== "register") assert.ok(counts.created > CONCURRENT / 2, JSON.stringify(counts));
      assert.doesNotMatch(server.output(), /\[onescope\]/);
    } finally {
      await server.stop();
    }
  });
}
