import assert from "node:assert/strict";
import { Console } from "node:console";
import { Writable } from "node:stream";
import { test } from "node:test";
import { inspect } from "node:util";
import { FIELD_NAMES } from "../../js/generated/context-fields.js";
import { store } from "../../js/index.js";
import {
  closeAfterResponse,
  createRequestContext,
  getRequestContext,
  isInsideUnifiedScope,
  runWithRequestContext,
  runWithUnifiedStateMutation,
} from "../../shims/unified-request-context.js";
import { STOCK } from "../_support/stock.mjs";

const stock = await import(STOCK);
const FIELDS = Object.keys(stock.createRequestContext());

/** Compares field by field. A WeakMap cannot be enumerated: both must have their own empty one. */
function assertSameFields(ours, theirs) {
  for (const name of FIELDS) {
    if (theirs[name] instanceof WeakMap) assert.ok(ours[name] instanceof WeakMap, name);
    else assert.deepEqual(ours[name], theirs[name], name);
  }
}

test("a context has the fields of vinext's own, and no others", () => {
  assert.deepEqual([...FIELD_NAMES].sort(), FIELDS.toSorted());
  const context = createRequestContext();
  for (const name of FIELDS) assert.ok(name in context, name);
});

test("every field starts as vinext's own does", () => {
  for (const opts of [undefined, null, {}])
    assertSameFields(createRequestContext(opts), stock.createRequestContext(opts));
});

test("two requests share no object", () => {
  const [one, two] = [createRequestContext(), createRequestContext()];
  for (const name of FIELDS) {
    if (typeof one[name] === "object" && one[name] !== null) assert.notEqual(one[name], two[name], name);
  }
});

test("whatever is given for a field replaces its default, also undefined, and nothing else changes", () => {
  for (const name of FIELDS) {
    for (const value of [undefined, null, { given: true }, [], "text", 7, true, false]) {
      const opts = { [name]: value };
      assert.equal(createRequestContext(opts)[name], value, `${name}: ${value}`);
      assertSameFields(createRequestContext(opts), stock.createRequestContext(opts));
    }
  }
});

test("only own properties of the options count", () => {
  const opts = Object.create({ phase: "action" }, { isDraftMode: { value: true, enumerable: true } });
  assertSameFields(createRequestContext(opts), stock.createRequestContext(opts));
});

test("the dynamic latch starts as the request's options say, whatever the flag says at the first access", () => {
  const latch = { dynamic: false, listeners: new Set() };
  for (const opts of [
    { dynamicUsageDetected: true },
    { dynamicUsageDetected: "yes" },
    { dynamicUsageDetected: true, renderDynamicLatch: latch },
    { dynamicUsageDetected: true, renderDynamicLatch: undefined },
  ]) {
    const [ours, theirs] = [createRequestContext(opts), stock.createRequestContext(opts)];
    ours.dynamicUsageDetected = theirs.dynamicUsageDetected = false;
    assert.deepEqual(ours.renderDynamicLatch, theirs.renderDynamicLatch);
  }
  const late = createRequestContext();
  late.dynamicUsageDetected = true;
  assert.equal(late.renderDynamicLatch.dynamic, false);
});

test("outside a request every access gives a fresh context that is not in the store", () => {
  const before = store.counts();
  assert.equal(isInsideUnifiedScope(), false);
  const context = getRequestContext();
  context.phase = "action";
  context.pendingSetCookies.push("a=1");
  assert.notEqual(getRequestContext(), context);
  assertSameFields(getRequestContext(), stock.createRequestContext());
  assert.equal(store.id(context), undefined);
  runWithRequestContext(context, () => {
    assert.equal(getRequestContext(), context);
    runWithUnifiedStateMutation(
      (child) => {
        child.isDraftMode = true;
      },
      () => {
        assert.deepEqual([getRequestContext().phase, getRequestContext().isDraftMode], ["action", true]);
        assert.equal(store.id(getRequestContext()), undefined);
      },
    );
  });
  assert.equal(context.phase, "action");
  assert.deepEqual(store.counts(), before);
});

test("a context that is made and only read takes no memory of the store, an entered one does", () => {
  const before = store.counts();
  const context = createRequestContext({ headersContext: null, isDraftMode: false });
  for (const name of FIELDS) context[name];
  assert.deepEqual(store.counts(), before);
  runWithRequestContext(context, () => {});
  assert.equal(store.counts().created, before.created + 1);
  runWithRequestContext(context, () => {});
  assert.equal(store.counts().created, before.created + 1);
});

test("a request is current in what its call starts, and nowhere else", async () => {
  const [outer, inner] = [createRequestContext(), createRequestContext()];
  const result = runWithRequestContext(outer, async () => {
    assert.equal(isInsideUnifiedScope(), true);
    await runWithRequestContext(inner, async () => {
      await null;
      assert.equal(getRequestContext(), inner);
    });
    assert.equal(getRequestContext(), outer);
    return "result";
  });
  assert.equal(isInsideUnifiedScope(), false);
  assert.equal(await result, "result");
});

test("a new context inherits the execution context as vinext's own does", () => {
  const execution = { waitUntil() {} };
  const standalone = globalThis[Symbol.for("vinext.requestContext.als")];
  const pair = () => [createRequestContext().executionContext, getRequestContext().executionContext];
  const expected = () => [stock.createRequestContext().executionContext, stock.getRequestContext().executionContext];

  standalone.run(execution, () => {
    assert.deepEqual([pair(), pair()[0]], [expected(), execution]);
    // A request that is current decides, also where it says that there is none.
    for (const own of [null, undefined, { waitUntil() {} }]) {
      runWithRequestContext(createRequestContext({ executionContext: own }), () => {
        assert.deepEqual(pair(), expected());
        assert.equal(pair()[0], own);
      });
    }
    assert.equal(createRequestContext({ executionContext: undefined }).executionContext, undefined);
  });
  standalone.run(undefined, () => assert.deepEqual([pair(), pair()[0]], [expected(), null]));
});

test("what a request held is still there after it closed, also in late continuations and in its child contexts", async () => {
  const context = createRequestContext({ phase: "action", isDraftMode: true });
  const { promise, resolve } = Promise.withResolvers();
  let child;
  const late = runWithRequestContext(context, () => {
    context.nextFetchId = 9;
    context.pendingSetCookies.push("a=1");
    context.serverContext = { pathname: "/" };
    return runWithUnifiedStateMutation(
      (made) => {
        child = made;
      },
      async () => {
        await promise;
        return getRequestContext();
      },
    );
  });
  await closeAfterResponse(context);
  assert.equal(store.state(store.id(context)).state, "closed");
  resolve();
  assert.equal(await late, child);
  for (const each of [context, child]) {
    assert.deepEqual(
      [each.phase, each.isDraftMode, each.nextFetchId, each.pendingSetCookies, each.serverContext],
      ["action", true, 9, ["a=1"], { pathname: "/" }],
    );
  }
  context.phase = "render";
  assert.equal(context.phase, "render");
});

test("printing a context shows every field and nothing of its inside", () => {
  const context = createRequestContext({ phase: "action", rootParams: { lang: "de" } });
  let printed = "";
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      printed += chunk;
      done();
    },
  });
  new Console({ stdout }).log(context);
  for (const text of [inspect(context), printed]) {
    for (const name of FIELDS) assert.match(text, new RegExp(`\\b${name}: `), name);
    assert.match(text, /phase: 'action'/);
    assert.match(text, /rootParams: \{ lang: 'de' \}/);
    assert.doesNotMatch(text, /\$/);
  }
  const inside = inspect({ context }, { depth: 3, breakLength: Number.POSITIVE_INFINITY });
  assert.match(inside, /^\{ context: RequestContext \{ .*phase: 'action'/);
});

test("printing a context that is reachable from itself ends", () => {
  const context = createRequestContext();
  let shown = 0;
  const probe = {
    [inspect.custom]() {
      if (++shown > 20) throw new Error("shown again and again");
      return "probe";
    },
  };
  context.ssrContext = { probe, context };
  for (const depth of [0, 2, 10, null]) assert.match(inspect(context, { depth }), /RequestContext/);
});
