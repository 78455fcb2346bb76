import assert from "node:assert/strict";
import { test } from "node:test";
import { loadCopy } from "../_support/graph.mjs";
import { testParity } from "../_support/shim-parity.mjs";

testParity("cache-request-state");

const paths = ["shims/unified-request-context", "shims/cdn-cache-state", "shims/cache-request-state"];
const ours = await loadCopy("ours", paths);
const stock = await loadCopy("stock", paths);

test("cache lives and kinds of revalidation are vinext's", () => {
  for (const name of [
    "cacheLifeProfiles",
    "ACTION_DID_REVALIDATE_STATIC_AND_DYNAMIC",
    "ACTION_DID_REVALIDATE_DYNAMIC_ONLY",
  ]) {
    assert.deepEqual(ours[name], stock[name]);
  }
});

/** The revalidations that the CDN gets when a request ends that queued these purges. */
async function purgesOf(vinext, queue) {
  const revalidations = [];
  vinext.setCdnCacheAdapter({ revalidateTag: async (tags, durations) => void revalidations.push([tags, durations]) });
  await vinext.runWithRequestContext(vinext.createRequestContext({ phase: "action" }), async () => {
    for (const [tag, durations, done = Promise.resolve()] of queue) {
      done.catch(() => {});
      assert.equal(vinext._queuePendingCdnTagInvalidation(tag, durations, done), true);
    }
    await vinext._drainPendingRevalidations();
  });
  return revalidations;
}

test("a request revalidates at the CDN once for each set of durations, for each tag once, and not for what failed before", async () => {
  const refused = Promise.reject(new Error("refused"));
  const queue = [
    ["a", undefined],
    ["b", { expire: 1 }],
    ["a", undefined],
    ["c", { expire: 1 }],
    ["d", { expire: 2 }],
    ["a", { expire: 1 }],
    ["e", undefined, refused],
    ["f", { expire: 3 }, refused],
    ["g", undefined],
  ];
  const revalidations = await purgesOf(ours, queue);
  assert.deepEqual(revalidations, [
    [["a", "g"], undefined],
    [["b", "c", "a"], { expire: 1 }],
    [["d"], { expire: 2 }],
  ]);
  assert.deepEqual(await purgesOf(stock, queue), revalidations);
  assert.deepEqual(await purgesOf(ours, []), []);
});

test("what is shown of a cache life is a copy, what is consumed is gone", () => {
  ours.runWithRequestContext(ours.createRequestContext(), () => {
    const config = { revalidate: 5 };
    ours._setRequestScopedCacheLife(config);
    const captured = ours._captureRequestScopedCacheLifeAccessors();
    for (const peek of [ours._peekRequestScopedCacheLife, captured.peek]) peek().revalidate = 1;
    ours._setRequestScopedCacheLife({ revalidate: 4 });
    assert.equal(config.revalidate, 5);
    assert.deepEqual(ours._consumeRequestScopedCacheLife(), { revalidate: 4 });
    assert.equal(captured.peek(), null);
  });
});

test("captured accessors reach their request after its end", () => {
  const context = ours.createRequestContext();
  const { consume, peek } = ours.runWithRequestContext(context, ours._captureRequestScopedCacheLifeAccessors);
  context.requestScopedCacheLife = { expire: 9 };
  assert.deepEqual([peek(), consume(), peek(), consume()], [{ expire: 9 }, { expire: 9 }, null, null]);
});
