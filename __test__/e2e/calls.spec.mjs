import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NODES } from "../../scripts/nodes.mjs";
import { countCalls } from "../_support/calls.mjs";

// vinext leaves every storage for one-time work, one call each; a server action does so two to four times.

const ACTIONS = ["action by fetch", "action by form"];
const MOST = 4;

for (const node of NODES) {
  describe(`calls of real storages by a server action on Node ${node.name}`, () => {
    test("stock vinext leaves its storages one by one", async () => {
      const calls = await countCalls(node, "stock", ACTIONS);
      for (const name of ACTIONS) assert.ok(calls[name].exit > 30, `${name}: ${JSON.stringify(calls[name])}`);
    });

    for (const way of ["plugin", "both"]) {
      test(`${way}: at most ${MOST} to leave them all`, async () => {
        const calls = await countCalls(node, way, ACTIONS);
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
