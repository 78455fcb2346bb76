import assert from "node:assert/strict";
import { test } from "node:test";
import { loadCopy } from "../_support/graph.mjs";
import { testParity } from "../_support/shim-parity.mjs";

testParity("cache-for-request");

const { cacheForRequest, createRequestContext, runWithRequestContext } = await loadCopy("ours", [
  "shims/unified-request-context",
  "shims/cache-for-request",
]);

test("a promise that rejects is forgotten, but not one that was made after it", async () => {
  const context = createRequestContext();
  const made = [];
  const factory = () => {
    const { promise, reject } = Promise.withResolvers();
    made.push(() => reject(new Error("refused")));
    promise.catch(() => {});
    return promise;
  };
  const get = () => runWithRequestContext(context, cacheForRequest(factory));
  const first = get();
  assert.equal(get(), first);
  context.requestCache.delete(factory);
  const second = get();
  made[0]();
  await assert.rejects(first, /refused/);
  assert.equal(get(), second);
  made[1]();
  await assert.rejects(second, /refused/);
  assert.notEqual(get(), second);
});

test("undefined is a value like any other", () => {
  let made = 0;
  const get = cacheForRequest(() => void made++);
  runWithRequestContext(createRequestContext(), () => [get(), get()]);
  assert.equal(made, 1);
});
