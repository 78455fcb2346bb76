import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { NODES } from "../../scripts/nodes.mjs";
import { startProduction } from "../_support/example.mjs";

// The example app, in which 200 of the requests for a page get 1 MiB more and leave a timer behind.

const LEAKY = 200;
const preload = fileURLToPath(new URL("../_support/leak-in-app.mjs", import.meta.url));

/** @param {string} origin @param {number} times @param {Record<string, string>} headers */
async function request(origin, times, headers) {
  for (let done = 0; done < times; done += 10) {
    const once = async () => {
      const response = await fetch(`${origin}/dynamic`, { headers: { connection: "close", ...headers } });
      assert.equal(response.status, 200);
      assert.ok((await response.text()).includes("nested: "));
    };
    await Promise.all(Array.from({ length: 10 }, once));
  }
}

for (const node of NODES.filter(({ name }) => /^(22|26)$/.test(name))) {
  describe(`requests that left a timer behind, on Node ${node.name}`, () => {
    for (const release of [false, true]) {
      test(release ? "are released" : "are named", { timeout: 180_000 }, async () => {
        process.env.RELEASE = release ? "1" : "0";
        const leaky = { ...node, flags: [...node.flags, "--expose-gc"] };
        const server = await startProduction(leaky, "both", { preload });
        try {
          await request(server.origin, 100, {});
          const before = await server.store();
          await request(server.origin, LEAKY, { "x-leak": "1" });
          const after = await server.store();
          const kept = after.usedMiB - before.usedMiB;
          const held = after.leaks.held.find(({ label }) => label === "GET /dynamic");
          assert.ok(held?.count >= LEAKY, JSON.stringify(after.leaks));
          // A timer also holds what other storages of its scope do, vinext's request tracing among them: some 45 KiB here.
          assert.ok(release ? kept < LEAKY / 10 : kept > LEAKY, `${kept} MiB`);
        } finally {
          await server.stop();
        }
      });
    }
  });
}
