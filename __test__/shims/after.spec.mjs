import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { store } from "../../js/index.js";
import {
  closeAfterResponse,
  closeAfterResponseWithBody,
  createRequestContext,
  getRequestContext,
  markFullyBufferedBody,
  queueAfterCallback,
  runWithRequestContext,
  runWithUnifiedStateMutation,
  trackAfterPromise,
} from "../../shims/unified-request-context.js";
import { SCENARIOS } from "../_support/after-scenarios.mjs";
import { runNode } from "../_support/run.mjs";

// The two variants share keys on globalThis, so each plays in a process of its own.
const VARIANT = fileURLToPath(new URL("../_support/after-variant.mjs", import.meta.url));
const [ours, theirs] = await Promise.all(
  ["ours", "stock"].map(async (variant) => {
    const { code, stdout, stderr } = await runNode([VARIANT, variant]);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  }),
);

for (const name of Object.keys(SCENARIOS)) {
  test(`as with vinext's own module: ${name}`, () => {
    assert.ok(theirs[name].length > 0);
    assert.deepEqual(ours[name], theirs[name]);
  });
}

/** A request that was not entered; a native value gives it its record. */
const createRecorded = () => createRequestContext({ isDraftMode: true });
const stateOf = (context) => store.state(store.id(context)).state;

test("the store follows a request from made to closed, and never back", async () => {
  const context = createRecorded();
  assert.equal(stateOf(context), "created");
  runWithRequestContext(context, () => assert.equal(stateOf(context), "active"));
  assert.equal(stateOf(context), "active");

  const { promise, resolve } = Promise.withResolvers();
  queueAfterCallback(context, () => promise);
  assert.equal(stateOf(context), "active");
  const closed = closeAfterResponse(context);
  assert.equal(stateOf(context), "responded");
  resolve();
  await closed;
  assert.equal(stateOf(context), "closed");

  // Late work, of which one part ends before the other.
  const { closed: before } = store.counts();
  const seen = [];
  const see = () => seen.push(stateOf(context));
  queueAfterCallback(context, see);
  queueAfterCallback(context, () => setImmediate().then(see));
  see();
  runWithRequestContext(context, see);
  await setImmediate();
  see();
  await closeAfterResponse(context);
  await setImmediate();
  see();
  assert.deepEqual(seen, new Array(6).fill("closed"));
  assert.equal(store.counts().closed, before);
});

test("a request with nothing left is closed at once, one with a promise after the promise", async () => {
  const plain = createRequestContext();
  void closeAfterResponse(plain);
  assert.equal(stateOf(plain), "closed");

  const waiting = createRecorded();
  const { promise, resolve } = Promise.withResolvers();
  const tracked = trackAfterPromise(waiting, promise);
  assert.equal(stateOf(waiting), "created");
  await closeAfterResponse(waiting);
  assert.equal(stateOf(waiting), "responded");
  resolve();
  await tracked;
  assert.equal(stateOf(waiting), "closed");
});

test("a body closes its request at its end, or at once where the whole body is there", async () => {
  const streamed = createRecorded();
  const response = closeAfterResponseWithBody(new Response("text"), streamed);
  await null;
  assert.equal(stateOf(streamed), "created");
  await response.text();
  assert.equal(stateOf(streamed), "closed");

  const buffered = createRequestContext();
  closeAfterResponseWithBody(markFullyBufferedBody(new Response("text")), buffered);
  assert.equal(stateOf(buffered), "closed");

  const empty = createRequestContext();
  closeAfterResponseWithBody(new Response(null), empty);
  await null;
  assert.equal(stateOf(empty), "closed");
});

test("closing through a child closes the request", async () => {
  const before = store.counts();
  const context = createRequestContext();
  const { promise, resolve } = Promise.withResolvers();
  const closed = runWithRequestContext(context, () =>
    runWithUnifiedStateMutation(
      () => {},
      () => {
        queueAfterCallback(getRequestContext(), () => promise);
        return closeAfterResponse(getRequestContext());
      },
    ),
  );
  assert.equal(stateOf(context), "responded");
  resolve();
  await closed;
  assert.equal(stateOf(context), "closed");
  const { created, closed: done, inFlight } = store.counts();
  assert.deepEqual([created, done, inFlight], [before.created + 1, before.closed + 1, before.inFlight]);
});
