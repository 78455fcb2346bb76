import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
// With it every child context has a record.
import "../../js/inspect.js";
import { registerSlot, store } from "../../js/index.js";
import * as ours from "../../shims/unified-request-context.js";
import { ROOT } from "../_support/run.mjs";
import { OURS, STOCK } from "../_support/stock.mjs";

// One process can hold vinext's own module beside ours, and ours more than once: Vite loads a module once per
// environment. Whichever copy made a context, all must read it and make children of it.

const stock = await import(STOCK);
const copyRoot = mkdtempSync(join(tmpdir(), "onescope-copy-"));
after(() => rmSync(copyRoot, { recursive: true }));
for (const part of ["js", "shims", "package.json"]) cpSync(join(ROOT, part), join(copyRoot, part), { recursive: true });
const copied = (path) => import(pathToFileURL(join(copyRoot, path)).href);

const current = (shim) => shim.runWithUnifiedStateMutation(() => {}, shim.getRequestContext);

test("ours and vinext's own see each other's requests", () => {
  for (const [maker, reader] of [
    [ours, stock],
    [stock, ours],
  ]) {
    const context = maker.createRequestContext();
    maker.runWithRequestContext(context, () => {
      assert.equal(reader.isInsideUnifiedScope(), true);
      assert.equal(reader.getRequestContext(), context);
    });
    assert.equal(reader.isInsideUnifiedScope(), false);
  }
});

test("a request of ours that vinext's own module entered gets children under its own id", () => {
  const before = store.counts();
  const parent = ours.createRequestContext();
  const child = stock.runWithRequestContext(parent, () => current(ours));
  const listed = store.contexts({ children: true }).find(({ id }) => id === store.id(child));
  assert.equal(listed.parent, store.id(parent));
  const { created, children } = store.counts();
  assert.deepEqual([created, children], [before.created + 1, before.children + 1]);
});

test("a context of vinext's own gets children as vinext makes them", () => {
  const parent = stock.createRequestContext({ phase: "action", pendingSetCookies: ["a=1"] });
  parent.later = "a field of a later vinext";
  const fields = { ...parent };
  ours.runWithRequestContext(parent, () => {
    const child = current(ours);
    assert.notEqual(child, parent);
    for (const name in fields) assert.equal(child[name], fields[name], name);
    child.phase = "render";
    assert.equal(parent.phase, "action");
  });
});

test("a plain context from before the latch gets one, shared with its child contexts", () => {
  const parent = stock.createRequestContext({ dynamicUsageDetected: true });
  delete parent.renderDynamicLatch;
  const child = ours.runWithRequestContext(parent, () => current(ours));
  assert.deepEqual(child.renderDynamicLatch, { dynamic: true, listeners: new Set() });
  assert.equal(child.renderDynamicLatch, parent.renderDynamicLatch);
});

test("deferred work of a plain context runs, and nothing of it enters the store", async () => {
  const before = store.counts();
  const context = stock.createRequestContext();
  const done = [];
  ours.runWithRequestContext(context, () => ours.queueAfterCallback(context, () => done.push("ran")));
  await ours.closeAfterResponse(context);
  assert.deepEqual(done, ["ran"]);
  assert.equal(store.id(context), undefined);
  assert.deepEqual(store.counts(), before);
});

test("the shim module loaded again shares class, requests and child contexts", async () => {
  const again = await import(`${OURS}?copy=2`);
  assert.notEqual(again.createRequestContext, ours.createRequestContext);
  checkCopy(again);
});

test("the whole package loaded again shares class, requests, child contexts, store and slots", async () => {
  const again = await copied("shims/unified-request-context.js");
  ours.runWithRequestContext(ours.createRequestContext(), () => {});
  const { livePages } = store.counts();
  assert.notEqual(again.createRequestContext, ours.createRequestContext);
  checkCopy(again);

  const other = await copied("js/index.js");
  const context = again.createRequestContext({ isDraftMode: true });
  again.runWithRequestContext(context, () => {});
  assert.equal(other.store.id(context), store.id(context));
  assert.deepEqual(other.store.counts(), store.counts());
  assert.equal(store.counts().livePages, livePages);
  const spec = { kind: "lazy", lifetime: "request", make: () => [] };
  assert.equal(other.registerSlot("copies.list", spec), registerSlot("copies.list", spec));
});

/** @param {any} again another copy of our module */
function checkCopy(again) {
  for (const [maker, childMaker] of [
    [ours, again],
    [again, ours],
  ]) {
    const signal = new AbortController().signal;
    const parent = maker.createRequestContext({ requestSignal: signal, phase: "odd", pendingSetCookies: ["a=1"] });
    parent.nextFetchId = 7;
    parent.ssrHeadChildren = undefined;
    assert.equal(parent.constructor, childMaker.createRequestContext().constructor);
    maker.runWithRequestContext(parent, () => {
      assert.equal(childMaker.getRequestContext(), parent);
      const child = current(childMaker);
      const grandchild = childMaker.runWithRequestContext(child, () => current(maker));
      for (const each of [child, grandchild]) {
        assert.equal(each.constructor, parent.constructor);
        assert.deepEqual([each.requestSignal, each.phase, each.nextFetchId], [signal, "odd", 7]);
        assert.deepEqual([each.pendingSetCookies, each.ssrHeadChildren], [["a=1"], undefined]);
        assert.equal(each.dynamicFetchUrls, parent.dynamicFetchUrls);
      }
      child.requestSignal = null;
      child.currentRequestTags = ["child"];
      assert.deepEqual([parent.requestSignal, parent.currentRequestTags], [signal, []]);
      const listed = store.contexts({ children: true }).find(({ id }) => id === store.id(child));
      assert.equal(listed.parent, store.id(parent));
    });
  }
}
