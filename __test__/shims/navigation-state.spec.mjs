import assert from "node:assert/strict";
import { test } from "node:test";
import { loadCopy } from "../_support/graph.mjs";
import { testParity } from "../_support/shim-parity.mjs";

testParity("navigation-state");

test("copies of vinext's module without any registration find the request's place", async () => {
  const other = await loadCopy("other", ["shims/navigation-context-state"]);
  const key = other.GLOBAL_ACCESSORS_KEY;
  assert.equal(globalThis[key], undefined);
  const ours = await loadCopy("ours", ["shims/unified-request-context", "shims/navigation-state"]);
  assert.equal(typeof globalThis[key].getServerContext, "function");
  const context = ours.createRequestContext();
  const place = { pathname: "/here" };
  ours.runWithRequestContext(context, () => {
    other.setNavigationContext(place);
    other.registerServerInsertedHTMLCallback(() => "style");
    assert.equal(other.getNavigationContext(), place);
    assert.deepEqual(other.flushServerInsertedHTML(), ["style"]);
  });
  assert.equal(context.serverContext, place);
  assert.equal(other.getNavigationContext(), null);
});
