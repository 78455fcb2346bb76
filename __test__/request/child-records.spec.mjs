import assert from "node:assert/strict";
import { test } from "node:test";
import { backend, registerSlot, store } from "../../js/index.js";
import * as shim from "../../shims/unified-request-context.js";
import { evalJson } from "../_support/run.mjs";

const { createRequestContext, getRequestContext, runWithRequestContext, runWithUnifiedStateMutation } = shim;

const childOf = (/** @type {any} */ parent, change = (/** @type {any} */ _child) => {}) =>
  runWithRequestContext(parent, () => runWithUnifiedStateMutation(change, getRequestContext));

test("a child that changes no native field has no record, and keeps what it started with", () => {
  const before = store.counts();
  const parent = createRequestContext({ requestSignal: null, unstableCacheRevalidation: "background" });
  const grandchild = () => runWithUnifiedStateMutation(() => {}, getRequestContext);
  const inner = runWithRequestContext(parent, () => runWithUnifiedStateMutation(() => {}, grandchild));
  const children = [childOf(parent), childOf(parent), childOf(createRequestContext()), inner];
  parent.unstableCacheRevalidation = "foreground";
  parent.phase = "action";
  const read = children.map((child) => [child.unstableCacheRevalidation, child.phase, child.nextFetchId]);
  const first = ["background", "render", 1];
  assert.deepEqual(read, [first, first, ["foreground", "render", 1], first]);
  assert.deepEqual([parent.unstableCacheRevalidation, parent.phase], ["foreground", "action"]);
  assert.deepEqual(children.map(store.id), [undefined, undefined, undefined, undefined]);
  assert.equal(store.counts().children, before.children);
});

test("a change gives a child its record, with all that it started with, under its request", () => {
  const parent = createRequestContext({
    requestSignal: null,
    unstableCacheRevalidation: "background",
    isDraftMode: true,
  });
  const child = childOf(parent, (child) => {
    child.unstableCacheRevalidation = "background";
    assert.equal(store.id(child), undefined, "no change");
    child.phase = "action";
  });
  const other = childOf(parent);
  assert.deepEqual([child.phase, child.isDraftMode, child.unstableCacheRevalidation], ["action", true, "background"]);
  assert.deepEqual([parent.phase, other.phase], ["render", "render"]);
  const listed = store.contexts({ children: true }).find(({ id }) => id === store.id(child));
  assert.deepEqual([listed?.parent, listed?.kind, listed?.state], [store.id(parent), "action", "active"]);
  assert.equal(childOf(child).phase, "action");
});

test("children start with what their parents have, whatever and however many sets of values that are", () => {
  for (let set = 0; set < 64; set++) {
    const values = { isDraftMode: (set & 1) > 0, isFetchDedupeActive: (set & 2) > 0, nextFetchId: 1 + (set >> 4) };
    const parent = createRequestContext({ ...values, phase: /** @type {any} */ (set & 4 ? "odd" : "action") });
    parent.actionRevalidationKind = set & 8 ? 1 : 0;
    const child = childOf(parent);
    parent.isDraftMode = !parent.isDraftMode;
    const { isDraftMode, isFetchDedupeActive, nextFetchId } = child;
    assert.deepEqual({ isDraftMode, isFetchDedupeActive, nextFetchId }, values, String(set));
    assert.deepEqual([child.phase, child.actionRevalidationKind], [parent.phase, parent.actionRevalidationKind]);
  }
});

test("a registered native slot is inherited, and written in the child alone", () => {
  const slot = registerSlot("child-records.flag", { kind: "flag", default: false, lifetime: "request" });
  runWithRequestContext(createRequestContext(), () => {
    slot.set(true);
    runWithUnifiedStateMutation(
      () => {},
      () => {
        assert.equal(slot.get(), true);
        slot.set(false);
        assert.equal(slot.get(), false);
      },
    );
    assert.equal(slot.get(), true);
  });
});

test("once onescope/inspect is loaded, a child is in the store as an entered context, under its parent", async () => {
  await import("../../js/inspect.js");
  const before = store.counts();
  const parent = createRequestContext({ requestSignal: null });
  const child = childOf(parent);
  const [contextId, above] = [store.id(child), store.id(parent)];
  assert.notEqual(contextId, above);
  const listed = store.contexts({ children: true }).find(({ id }) => id === contextId);
  assert.deepEqual([listed?.parent, listed?.kind, listed?.state], [above, "appPage", "active"]);
  const { created, children } = store.counts();
  assert.deepEqual([created, children], [before.created + 1, before.children + 1]);
});

if (backend === "native") {
  const CHILD = `
    const { createRequestContext, runWithRequestContext, runWithUnifiedStateMutation } =
      await import("./shims/unified-request-context.js");
    const { store } = await import("./js/index.js");
    const makeChild = () =>
      runWithRequestContext(createRequestContext(), () => runWithUnifiedStateMutation(() => {}, () => {}));
    for (let tries = 0; store.counts().children === 0 && tries < 500; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      makeChild();
    }`;

  test("under onescope/auto, which loads the features by itself, children have records", async () => {
    const children = await evalJson(
      `const { createServer } = await import("node:http");
      const server = createServer().listen(0);
      ${CHILD}
      console.log(JSON.stringify(store.counts().children));
      process.exit();`,
      { flags: ["--import", "./js/auto.js"] },
    );
    assert.equal(children, 1);
  });

  test("in a worker that the main thread watches, children have records", async () => {
    const children = await evalJson(`
      const { watch } = await import("./js/inspect.js");
      const { once } = await import("node:events");
      const { Worker } = await import("node:worker_threads");
      watch();
      const code = ${JSON.stringify(CHILD)} + 'process.getBuiltinModule("node:worker_threads").parentPort.postMessage(store.counts().children);';
      const worker = new Worker("(async () => {" + code + "})()", { eval: true });
      const [children] = await once(worker, "message");
      console.log(JSON.stringify(children));
      process.exit();`);
    assert.equal(children, 1);
  });
}
