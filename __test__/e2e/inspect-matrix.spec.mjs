import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nodeNamed } from "../../scripts/nodes.mjs";
import { BLOCKS } from "../_support/blocked/block.mjs";
import { play, WHEN } from "../_support/blocked/cells.mjs";

// A part of the matrix that `npm run matrix` plays whole: each way to block once, each Node and each kind of thread.

const ways = Object.keys(BLOCKS);

/** @type {Array<{ node: string, place: "main" | "worker", way: string, when: string }>} */
const CELLS = ways.map((way, place) => ({ node: "24", place: "main", way, when: WHEN[place % 5] }));
for (const node of ["22", "22 with frames", "26"]) {
  CELLS.push({ node, place: "main", way: "JavaScript loop", when: "among 20" });
  CELLS.push({ node, place: "worker", way: "execSync", when: "two in turn" });
}
CELLS.push({ node: "24", place: "worker", way: "JavaScript loop", when: "among 20" });
CELLS.push({ node: "24", place: "main", way: "readFileSync on a FIFO", when: "for ever" });

describe("a blocked request is named while it blocks", () => {
  for (const { node, place, way, when } of CELLS)
    test(`Node ${node}, ${place}, ${way}, ${when}`, { timeout: 60_000 }, async () => {
      const { [when]: result } = await play({ node: nodeNamed(node), place, way }, [when]);
      assert.deepEqual(result.problems, [], JSON.stringify(result));
    });
});
