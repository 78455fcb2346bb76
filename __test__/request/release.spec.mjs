import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { registerSlot, store } from "onescope";
import { leaks, releaseOnClose } from "onescope/inspect";
import {
  closeAfterResponse,
  createRequestContext,
  getRequestContext,
  queueAfterCallback,
  runWithRequestContext,
  runWithUnifiedStateMutation,
  trackAfterPromise,
} from "onescope/shims/unified-request-context";
import { runNode } from "../_support/run.mjs";
import { until } from "../_support/wait.mjs";

const MAX_KEPT_MIB = 2;
const value = registerSlot("release.value", { kind: "value", lifetime: "request" });
const list = registerSlot("release.list", { kind: "lazy", lifetime: "request", make: () => [] });

/** @param {object} [opts] */
function open(label, opts) {
  const context = createRequestContext(opts);
  runWithRequestContext(context, () => {});
  store.setLabel(store.id(context), label);
  return context;
}

async function close(context) {
  await closeAfterResponse(context);
  await setImmediate();
}

/** Calls `fn` in a child of the context, and returns the child. */
const childOf = (context, mutate = () => {}) =>
  runWithRequestContext(context, () => runWithUnifiedStateMutation(mutate, getRequestContext));

const released = (context) =>
  until(
    () => context.rootParams,
    (value) => value === null,
  );

function gate() {
  const { promise, resolve } = Promise.withResolvers();
  return { opened: promise, open: resolve };
}

const late = (label) => leaks().lateReads.find((entry) => entry.label === label)?.count ?? 0;

describe("releaseOnClose", () => {
  /** @type {import("../../index.js").Handle} */
  let release;
  beforeEach(() => {
    release = releaseOnClose();
  });
  afterEach(() => release.stop());

  test("a request's values go as it closes, and its native ones stay", async () => {
    const context = open("GET /values", { headersContext: { headers: new Headers() }, isDraftMode: true });
    context.rootParams = { id: "1" };
    context.pendingSetCookies.push("a=1");
    context.phase = "action";
    await close(context);
    assert.equal(context.headersContext, null);
    assert.equal(context.rootParams, null);
    assert.deepEqual(context.pendingSetCookies, []);
    assert.equal(context.phase, "action");
    assert.equal(context.isDraftMode, true);
    assert.equal(store.label(store.id(context)), "GET /values");
  });

  test("its child contexts go with it, also what only they had", async () => {
    const context = open("GET /children");
    const child = childOf(context, (child) => {
      child.headersContext = { headers: new Headers() };
      child.currentRequestTags = ["own"];
    });
    const grandchild = childOf(child);
    context.dynamicFetchUrls.add("shared");
    await close(context);
    for (const each of [child, grandchild]) {
      assert.equal(each.headersContext, null);
      assert.deepEqual(each.currentRequestTags, []);
      assert.equal(each.dynamicFetchUrls.size, 0);
    }
  });

  test("closing a child releases its request", async () => {
    const context = open("GET /by-child", { rootParams: { id: "1" } });
    await close(childOf(context));
    assert.equal(context.rootParams, null);
  });

  test("registered slots go too, and a value that its native field cannot hold gives the default", async () => {
    const context = open("GET /slots");
    runWithRequestContext(context, () => {
      value.set({ big: true });
      list.get().push(1);
    });
    context.phase = "draft";
    await close(context);
    runWithRequestContext(context, () => {
      assert.equal(value.get(), undefined);
      assert.deepEqual(list.get(), []);
    });
    assert.equal(context.phase, "render");
    assert.equal(late("GET /slots"), 2);
  });

  test("late reads are counted by label, and copying is no read", async () => {
    const context = open("GET /late", { rootParams: { id: "1" } });
    await close(context);
    assert.equal(late("GET /late"), 0);
    childOf(context);
    assert.equal(late("GET /late"), 0);
    assert.equal(context.rootParams, null);
    assert.equal(context.headersContext, null);
    assert.equal(late("GET /late"), 2);
  });

  test("late writes stay", async () => {
    const context = open("GET /write", { rootParams: { id: "1" } });
    context.dynamicFetchUrls = new Set(["own"]);
    await close(context);
    context.rootParams = { id: "2" };
    context.dynamicFetchUrls = new Set(["late"]);
    context.currentRequestTags.push("late");
    assert.deepEqual(context.rootParams, { id: "2" });
    assert.deepEqual([...context.dynamicFetchUrls], ["late"]);
    assert.deepEqual(context.currentRequestTags, ["late"]);
    await close(context);
    assert.deepEqual(context.rootParams, { id: "2" }, "released once only");
    assert.deepEqual(childOf(context).rootParams, { id: "2" });
  });

  test("work after the response still has everything, and a late after() still runs", async () => {
    const context = open("GET /after", { rootParams: { id: "1" } });
    const seen = [];
    const [callback, promise] = [gate(), gate()];
    queueAfterCallback(context, async () => {
      await callback.opened;
      seen.push(context.rootParams);
    });
    const tracked = trackAfterPromise(context, promise.opened);
    // Over once all of it is.
    const closing = close(context);
    await sleep(10);
    callback.open();
    await until(
      () => seen.length,
      (count) => count === 1,
    );
    await setImmediate();
    assert.deepEqual(context.rootParams, { id: "1" }, "the promise is pending");
    promise.open();
    await Promise.all([tracked, closing]);
    assert.equal(await released(context), null);
    assert.deepEqual(seen, [{ id: "1" }]);
    await new Promise((resolve) => queueAfterCallback(context, () => resolve(undefined)));
  });

  test("it waits for what was given to waitUntil", async () => {
    const given = [];
    const executionContext = { waitUntil: (promise) => void given.push(promise) };
    const context = open("GET /background", { executionContext, rootParams: { id: "1" } });
    const work = gate();
    context.executionContext.waitUntil(work.opened);
    await close(context);
    assert.deepEqual(context.rootParams, { id: "1" });
    work.open();
    assert.equal(await released(context), null);
    assert.deepEqual(given, [work.opened]);
    assert.equal(context.executionContext, executionContext);
  });

  test("work that fails is no longer waited for", async () => {
    const executionContext = { waitUntil: (promise) => void promise.catch(() => {}) };
    const context = open("GET /failing", { executionContext, rootParams: { id: "1" } });
    context.executionContext.waitUntil(Promise.reject(new Error("expected")));
    await close(context);
    assert.equal(await released(context), null);
  });

  test("after the last stop(), requests keep what they have", async () => {
    const second = releaseOnClose();
    release.stop();
    release.stop();
    const first = open("GET /on", { rootParams: { id: "1" } });
    await close(first);
    assert.equal(await released(first), null);
    second.stop();
    const context = open("GET /off", { rootParams: { id: "1" } });
    const child = childOf(context);
    await close(context);
    assert.deepEqual([context.rootParams, child.rootParams], [{ id: "1" }, { id: "1" }]);
  });
});

for (const [mode, keeps] of /** @type {const} */ ([
  ["keep", (/** @type {number} */ mib) => mib > 190],
  ["release", (/** @type {number} */ mib) => mib <= MAX_KEPT_MIB],
])) {
  test(`of 200 requests of 1 MiB that left a timer behind: ${mode}`, async () => {
    const program = "__test__/_support/leaky-server.mjs";
    const { code, stdout, stderr } = await runNode(["--expose-gc", program, mode]);
    assert.equal(code, 0, stderr);
    const { keptMiB, report } = JSON.parse(stdout);
    assert.equal(report.held.find(({ label }) => label === "GET /leaky")?.count, 200);
    // Node itself may hold the request in which it started a timer of its own.
    assert.ok(report.held.length === 1 || report.held[1].count <= 2, JSON.stringify(report.held));
    assert.ok(keeps(keptMiB), `${keptMiB} MiB`);
  });
}
