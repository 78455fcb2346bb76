import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nodeNamed } from "../../scripts/nodes.mjs";
import { BLOCKS } from "../_support/blocked/block.mjs";
import { play, WHEN } from "../_support/blocked/cases.mjs";

// A part of the matrix that `npm run matrix` plays whole: each kind of block once, each Node and each kind of thread.

const kinds = Object.keys(BLOCKS);

/** @type {Array<{ node: string, place: "main" | "worker", kind: string, when: string }>} */
const CASES = kinds.map((kind, place) => ({ node: "24", place: "main", kind, when: WHEN[place % 5] }));
for (const node of ["22", "22 with frames", "26"]) {
  CASES.push({ node, place: "main", kind: "JavaScript loop", when: "among 20" });
  CASES.push({ node, place: "worker", kind: "execSync", when: "two in turn" });
}
CASES.push({ node: "24", place: "worker", kind: "JavaScript loop", when: "among 20" });
CASES.push({ node: "24", place: "main", kind: "readFileSync on a FIFO", when: "for ever" });

describe("a blocked request is named while it blocks", () => {
  for (const { node, place, kind, when } of CASES)
    test(`Node ${node}, ${place}, ${kind}, ${when}`, { timeout: 60_000 }, async ({ signal }) => {
      const { [when]: result } = await play({ node: nodeNamed(node), place, kind }, [when], "onescope", signal);
      assert.deepEqual(result.problems, [], JSON.stringify(result));
    });
});
