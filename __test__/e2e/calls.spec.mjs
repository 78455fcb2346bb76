import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NODES } from "../../scripts/nodes.mjs";
import { countCalls } from "../_support/calls.mjs";

// vinext leaves every storage for one-time work, one call each, and a server action does so two to four times. Its response
// streams take a snapshot per layer.

const ACTIONS = ["action by fetch", "action by form"];
const MOST = 4;
const PAGE = "dynamic page";

for (const node of NODES) {
  describe(`calls of Node's own storages on Node ${node.name}`, () => {
    test("stock vinext leaves its storages one by one", async () => {
      const calls = await countCalls(node, "stock", [...ACTIONS, PAGE]);
      assert.ok(calls[PAGE].snapshot > 0, `${PAGE}: ${JSON.stringify(calls[PAGE])}`);
      for (const name of ACTIONS) assert.ok(calls[name].exit > 30, `${name}: ${JSON.stringify(calls[name])}`);
    });

    for (const variant of ["plugin", "both"]) {
      test(`${variant}: at most ${MOST} to leave them all`, async () => {
        const calls = await countCalls(node, variant, [...ACTIONS, PAGE]);
        // vinext's response streams take slots' snapshots.
        assert.equal(calls[PAGE].snapshot, 0);
        for (const name of ACTIONS) {
          const { outsideScopes, exit } = calls[name];
          // The count itself must work: an action does leave its scopes.
          assert.ok(outsideScopes > 0, `${name}: none was seen`);
          assert.ok(outsideScopes <= MOST, `${name}: ${JSON.stringify(calls[name])}`);
          assert.ok(exit <= MOST, `${name}: ${JSON.stringify(calls[name])}`);
        }
      });
    }
  });
}
