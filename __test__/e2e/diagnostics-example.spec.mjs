import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeNamed } from "../../scripts/nodes.mjs";
import { startProduction } from "../_support/example.mjs";
import { requestJson } from "../_support/http.mjs";

test("the example prints the page's address, and the page shows requests by their routes", async () => {
  const server = await startProduction(nodeNamed("24"), "both");
  try {
    while (!server.output().includes("diagnostics:")) await new Promise((resolve) => setTimeout(resolve, 20));
    const [, page] = /diagnostics: (http:\S+)\/$/m.exec(server.output()) ?? [];
    await (await fetch(`${server.origin}/items/5`)).text();
    for (let n = 0; n < 100; n++) {
      const { histograms } = await requestJson(`${page}/counters`);
      const labels = histograms.map((/** @type {any} */ each) => each.label);
      if (labels.includes("GET /items/[rid]")) return;
    }
    assert.fail("the request is not counted");
  } finally {
    await server.stop();
  }
});
