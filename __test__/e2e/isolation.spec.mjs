import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeNamed } from "../../scripts/nodes.mjs";
import { compare } from "../parity/compare.mjs";
import { build, serve, startOrigin } from "../parity/fixture.mjs";
import { runOn } from "../parity/passes.mjs";
import { newSeed } from "../parity/random.mjs";

// Hundreds of conversations with the fixture app at the same time, whose requests wait at every await for as long as the
// seed says. None may see anything of another: no id but its own in any status line, header, cookie or body, and nothing
// else than what the same conversation says when it is alone.

const seed = process.env.ONESCOPE_SEED === undefined ? newSeed() : Number(process.env.ONESCOPE_SEED);

// In development a response takes many times as long. `npm run parity` has the other Nodes, variants and backends.
const CONVERSATIONS = { production: 200, development: 110 };

for (const [mode, nodeName, variant, backend] of /** @type {const} */ ([
  ["production", "22", "both", "native"],
  ["production", "22", "plugin", "js"],
  ["production", "24", "both", "native"],
  ["production", "24", "plugin", "js"],
  ["production", "26", "both", "native"],
  ["production", "26", "plugin", "js"],
  ["development", "22", "both", "native"],
  ["development", "26", "plugin", "js"],
])) {
  test(`${mode} on Node ${nodeName}, ${variant}, backend ${backend}: no request sees another`, async (t) => {
    t.diagnostic(`ONESCOPE_SEED=${seed} replays the delays`);
    if (mode === "production") build(variant);
    const web = await startOrigin();
    const server = await serve({ node: nodeNamed(nodeName), variant, mode, origin: web.origin, backend });
    try {
      const run = runOn({ origin: server.origin, mode, seed });
      // The first request for a module makes Vite transform it.
      if (mode === "development") await run.sequential();
      const alone = await run.sequential();
      const faults = alone.flatMap(({ name, faults }) => faults.map((fault) => `${name}: ${fault}`));
      assert.deepEqual(faults, []);
      const together = await run.concurrent(CONVERSATIONS[mode]);
      const reports = compare(alone, together, { expected: "alone", actual: "among others" });
      assert.ok(reports.length === 0, `seed ${seed}\n${reports.join("\n\n")}`);
    } finally {
      await server.stop();
      web.stop();
    }
  });
}
