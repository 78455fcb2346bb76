import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { store } from "../../js/index.js";
import { backend } from "../../js/store/backend.js";
import { createRequestContext, runWithRequestContext } from "../../shims/unified-request-context.js";

test("when the store has no page left, requests go on, and one warning says so", async () => {
  const warned = once(process, "warning");
  const warnings = [];
  process.on("warning", (warning) => warnings.push(warning));
  const { allocatePage } = backend;
  backend.allocatePage = () => {
    throw new Error("no memory");
  };
  // Three pages' worth.
  for (let n = 1; n <= 600; n++) {
    const context = createRequestContext({ isDraftMode: true });
    assert.deepEqual(
      runWithRequestContext(context, () => [context.isDraftMode, (context.nextFetchId += n)]),
      [true, n + 1],
    );
  }
  await warned;
  assert.equal(warnings.length, 1);
  assert.match(warnings[0].message, /onescope can no longer show requests: Error: no memory/);
  assert.equal(store.counts().created, 0);

  backend.allocatePage = allocatePage;
  for (let n = 0; n < 300; n++) runWithRequestContext(createRequestContext(), () => {});
  assert.ok(store.counts().created > 0, "the store is used again once it has memory");
});
