import assert from "node:assert/strict";
import { once } from "node:events";
import { createRequire } from "node:module";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
// With it every child context has a record.
import "../../js/inspect.js";
import { LAYOUT } from "../../js/generated/slot-table.js";
import { backend, registerSlot, store } from "../../js/index.js";
import { backend as chosen } from "../../js/store/backend.js";
import * as shim from "../../shims/unified-request-context.js";
import { codeOf } from "../_support/code-of.mjs";
import { afterCollection } from "../_support/wait.mjs";

const { closeAfterResponse, createRequestContext, getRequestContext } = shim;
const { runWithRequestContext, runWithUnifiedStateMutation } = shim;
const STALE = "ERR_ONESCOPE_STALE_ID";
const NO_IDS = [Number.NaN, -1, 0.5, 1.5, 2 ** 53, 2 ** 60, Number.POSITIVE_INFINITY, 0, 1, 256, 512];
const NOT_NUMBERS = ["257", 257n, Symbol("id"), null, undefined, true, {}, [257]];
const phase = store.slots().find(({ key }) => key === "phase");

/** A new entered context and its id. */
function enter(opts) {
  const context = createRequestContext(opts);
  runWithRequestContext(context, () => {});
  return { context, contextId: store.id(context) };
}

test("a native slot of every kind is read and written from slots and by id", () => {
  const own = [
    registerSlot("both.flag", { kind: "flag", lifetime: "request", default: true }),
    registerSlot("both.enum", { kind: "enum", lifetime: "request", variants: ["a", 7, "c"], default: 7 }),
    registerSlot("both.counter", { kind: "counter", lifetime: "request", default: 5 }),
  ];
  const values = { flag: [false, true], enum: ["c", "a", 7], counter: [6, 2 ** 31 - 1, 5] };
  const { context, contextId } = enter();
  runWithRequestContext(context, () => {
    for (const slot of own) {
      const { kind, default: first } = store.slots()[slot.id - 1];
      assert.equal(store.read(contextId, slot.id), first);
      for (const value of values[kind]) {
        store.write(contextId, slot.id, value);
        assert.deepEqual([slot.get(), store.read(contextId, slot.id)], [value, value]);
      }
      for (const value of values[kind]) {
        slot.set(value);
        assert.deepEqual([slot.get(), store.read(contextId, slot.id)], [value, value]);
      }
    }
  });
});

test("writing what the slot's kind does not have is an error and changes nothing", () => {
  const { context, contextId } = enter({ phase: "action", nextFetchId: 4, isDraftMode: true });
  const id = (name) => store.slots().find(({ key }) => key === name).id;
  const odd = [null, undefined, {}, Symbol("value"), 1n, "odd", -1, 0.5, 2 ** 31, Number.NaN];
  for (const name of ["phase", "nextFetchId", "isDraftMode"]) {
    for (const value of odd)
      assert.equal(
        codeOf(() => store.write(contextId, id(name), value)),
        "ERR_ONESCOPE_SLOT_KIND",
      );
  }
  const counter = registerSlot("edge.of.counter", { kind: "counter", lifetime: "request", default: 0 });
  assert.equal(
    codeOf(() => store.write(contextId, counter.id, 2 ** 31)),
    "ERR_ONESCOPE_SLOT_KIND",
  );
  const raised = registerSlot("both.counter", { kind: "counter", lifetime: "request", default: 5 });
  for (const value of [4, 2 ** 31]) {
    assert.equal(
      codeOf(() => store.write(contextId, raised.id, value)),
      "ERR_ONESCOPE_SLOT_KIND",
    );
    runWithRequestContext(context, () =>
      assert.equal(
        codeOf(() => raised.set(value)),
        "ERR_ONESCOPE_SLOT_KIND",
      ),
    );
  }
  assert.deepEqual([context.phase, context.nextFetchId, context.isDraftMode], ["action", 4, true]);
});

test("a slot that is not native or not there is an error of its own", () => {
  const { contextId } = enter();
  const scope = registerSlot("scope.flag", { kind: "flag" });
  for (const call of [(id) => store.read(contextId, id), (id) => store.write(contextId, id, true)]) {
    for (const id of [1, scope.id])
      assert.equal(
        codeOf(() => call(id)),
        "ERR_ONESCOPE_SLOT_KIND",
      );
    for (const id of [0, 10_000])
      assert.equal(
        codeOf(() => call(id)),
        "ERR_ONESCOPE_SLOT_UNKNOWN",
      );
    for (const id of [Number.NaN, -1, 1.5, "2", 2n, null])
      assert.equal(
        codeOf(() => call(id)),
        "ERR_ONESCOPE_ID",
      );
  }
});

test("what can be no id is refused by every call", () => {
  const calls = [
    (contextId) => store.read(contextId, phase.id),
    (contextId) => store.write(contextId, phase.id, "action"),
    (contextId) => store.label(contextId),
    (contextId) => store.setLabel(contextId, "text"),
    (contextId) => store.state(contextId),
  ];
  enter();
  for (const call of calls) {
    for (const contextId of [...NO_IDS, ...NOT_NUMBERS]) {
      assert.equal(
        codeOf(() => call(contextId)),
        "ERR_ONESCOPE_ID",
        String(contextId),
      );
    }
    for (const contextId of [Number.MAX_SAFE_INTEGER, 2 ** 40 + 1])
      assert.equal(
        codeOf(() => call(contextId)),
        STALE,
      );
  }
});

test("only contexts of the store have an id", () => {
  for (const other of [getRequestContext(), {}, null, undefined, 5]) assert.equal(store.id(other), undefined);
  const { context, contextId } = enter();
  assert.ok(Number.isSafeInteger(contextId));
  assert.equal(store.id(context), contextId);
  assert.equal(
    codeOf(() => store.read(contextId + 1, phase.id)),
    STALE,
    "the next record has no owner yet",
  );
});

test("reading the id of a context that was never entered starts nothing", () => {
  const before = store.counts();
  const context = createRequestContext();
  assert.equal(store.id(context), undefined);
  assert.deepEqual(store.counts(), before);
  runWithRequestContext(context, () => {});
  assert.equal(store.counts().created, before.created + 1);
  assert.ok(Number.isSafeInteger(store.id(context)));
});

test("the id of a collected context stays stale and never names another", async () => {
  const ids = Array.from({ length: 3 * LAYOUT.pageRecords }, () => enter({ phase: "action" }).contextId);
  const first = ids[0];
  const probe = () => codeOf(() => store.read(first, phase.id));
  assert.equal(await afterCollection(probe, (code) => code !== "no error"), STALE);
  const kept = Array.from({ length: 3 * LAYOUT.pageRecords }, () => enter());
  assert.equal(new Set([...ids, ...kept.map(({ contextId }) => contextId)]).size, 6 * LAYOUT.pageRecords);
  for (const name of ["read", "label", "state"])
    assert.equal(
      codeOf(() => store[name](first, phase.id)),
      STALE,
    );
  assert.equal(
    codeOf(() => store.write(first, phase.id, "render")),
    STALE,
  );
  assert.equal(
    codeOf(() => store.setLabel(first, "text")),
    STALE,
  );
});

const CHARACTERS = fc.oneof(fc.nat(0x7f), fc.nat(0x7ff), fc.nat(0xffff), fc.nat(0x10ffff));

test("a label is cut to 64 bytes, before the first character that does not fit whole", () => {
  const { contextId } = enter();
  const cut = (text) => {
    let kept = "";
    for (const given of text.toWellFormed()) {
      const character = given.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u, "?");
      if (Buffer.byteLength(kept + character) > LAYOUT.labelBytes) break;
      kept += character;
    }
    return kept;
  };
  const texts = fc.array(CHARACTERS, { maxLength: 80 }).map((codes) => String.fromCodePoint(...codes));
  const edges = ["", "a".repeat(64), "a".repeat(65), `${"a".repeat(63)}é`, `${"a".repeat(61)}😀x`, "😀".repeat(17)];
  fc.assert(
    fc.property(texts, (text) => {
      store.setLabel(contextId, text);
      assert.equal(store.label(contextId), cut(text));
    }),
    { examples: [...edges, "\ufeffbegins with a mark", "x\ud800y", "x\0y"].map((text) => [text]) },
  );
  assert.equal(store.contexts().find(({ id }) => id === contextId).label, store.label(contextId));
});

test("a label is text, and nothing else is taken for it", () => {
  const { contextId } = enter();
  store.setLabel(contextId, "GET /");
  for (const value of [5, null, undefined, {}]) {
    assert.equal(
      codeOf(() => store.setLabel(contextId, value)),
      "ERR_ONESCOPE_SLOT_KIND",
    );
  }
  assert.equal(store.label(contextId), "GET /");
});

test("contexts are listed oldest first, with what they are", async () => {
  const kinds = [{ requestSignal: null }, { isOnDemandRevalidate: false }, { executionContext: null }, {}];
  const made = [];
  for (const opts of kinds) {
    made.push(enter(opts));
    store.setLabel(made.at(-1).contextId, `number ${made.length}`);
    await setTimeout(3 * LAYOUT.clockTickMs);
  }
  const mine = (list) => list.filter(({ id }) => made.some(({ contextId }) => contextId === id));
  const listed = mine(store.contexts());
  assert.deepEqual(
    listed.map(({ id, kind, state, label, parent }) => [id, kind, state, label, parent]),
    ["appPage", "pagesPage", "regeneration", "other"].map((kind, place) => {
      return [made[place].contextId, kind, "active", `number ${place + 1}`, null];
    }),
  );
  const ages = listed.map(({ ageMs }) => ageMs);
  assert.deepEqual(
    ages,
    ages.toSorted((a, b) => b - a),
  );
  // The clock's thread may be late on a busy machine, but not by the whole time that the test took.
  assert.ok(ages[0] - ages[3] >= 3 * LAYOUT.clockTickMs, `${ages}`);
  assert.equal(new Set(store.contexts().map(({ thread }) => thread)).size, 1);

  runWithRequestContext(made[0].context, () => {});
  const [first] = mine(store.contexts());
  assert.ok(first.idleMs < first.ageMs - 2 * LAYOUT.clockTickMs, `${first.idleMs} ${first.ageMs}`);
});

test("contexts made in one go are listed in the order in which they were made", () => {
  const made = Array.from({ length: 5_000 }, () => enter().context);
  const first = store.id(made[0]);
  for (let list = 0; list < 40; list++) {
    const ids = store.contexts().map(({ id }) => id);
    assert.deepEqual(
      ids.slice(ids.indexOf(first)),
      made.map((context) => store.id(context)),
    );
  }
});

test("the phase of an App request shows what it turned out to be", () => {
  for (const [phase, kind] of [
    ["render", "appPage"],
    ["action", "action"],
    ["route-handler", "appRoute"],
    ["odd", "appPage"],
  ]) {
    const { contextId } = enter({ requestSignal: null, phase });
    assert.deepEqual(store.state(contextId), { kind, state: "active" });
    assert.equal(store.contexts().find(({ id }) => id === contextId).kind, kind);
    assert.equal(store.state(enter({ isOnDemandRevalidate: false, phase }).contextId).kind, "pagesPage");
  }
});

test("a limit keeps the oldest, child contexts are listed on request, closed contexts are not", async () => {
  const { context, contextId } = enter();
  const child = runWithRequestContext(context, () => runWithUnifiedStateMutation(() => {}, getRequestContext));
  const all = store.contexts();
  for (const limit of [0, 1, all.length, all.length + 1]) {
    assert.deepEqual(
      store.contexts({ limit }).map(({ id }) => id),
      all.slice(0, limit).map(({ id }) => id),
    );
  }
  for (const limit of [-1, 0.5, Number.NaN, "1", null]) {
    assert.equal(
      codeOf(() => store.contexts({ limit })),
      "ERR_ONESCOPE_ID",
      String(limit),
    );
  }
  const has = (options, id) => store.contexts(options).some((each) => each.id === id);
  assert.deepEqual([has({}, contextId), has(undefined, store.id(child))], [true, false]);
  assert.deepEqual([has({ children: true }, contextId), has({ children: true }, store.id(child))], [true, true]);
  await closeAfterResponse(context);
  assert.equal(has({ children: true }, contextId), false);
  assert.equal(store.state(contextId).state, "closed");
});

test("counts add up, whatever is entered, given children and closed in whatever order", () => {
  const operation = fc.record({ kind: fc.constantFrom("enter", "child", "close", "id"), index: fc.nat() });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
      const before = store.counts();
      const expected = { created: before.created, children: before.children, closed: before.closed };
      const open = [createRequestContext()];
      runWithRequestContext(open[0], () => {});
      expected.created++;
      for (const { kind, index } of operations) {
        const context = open[index % open.length];
        if (kind === "enter") expected.created += open.push(enter().context) && 1;
        else if (kind === "id") assert.equal(store.id(createRequestContext()), undefined);
        else if (context === undefined) continue;
        else if (kind === "child") {
          expected.children++;
          runWithRequestContext(context, () => runWithUnifiedStateMutation(() => {}, getRequestContext));
        } else {
          expected.closed++;
          void closeAfterResponse(context);
          open.splice(index % open.length, 1);
        }
      }
      const { created, children, closed, abandoned, inFlight, liveRecords } = store.counts();
      assert.deepEqual({ created, children, closed }, expected);
      assert.equal(created, closed + abandoned + inFlight);
      assert.ok(liveRecords >= open.length && liveRecords <= created + children);
    }),
  );
});

if (backend === "native") {
  test("a panic in Rust is an error, and the process continues", () => {
    const addon = createRequire(import.meta.url)(chosen.path);
    assert.throws(() => addon.selftestPanic(), /this panic is caught at the binding/);
    assert.equal(store.state(enter().contextId).state, "active");
  });

  test("another thread sees and changes the contexts of this one", async () => {
    const { context, contextId } = enter({ phase: "action" });
    store.setLabel(contextId, "GET /seen");
    const worker = new Worker(new URL("../_support/store-worker.mjs", import.meta.url), { workerData: { contextId } });
    const [seen] = await once(worker, "message");
    await worker.terminate();
    assert.deepEqual(seen, {
      label: "GET /seen",
      phase: "action",
      state: "active",
      listed: store.contexts().find(({ id }) => id === contextId).thread,
    });
    assert.deepEqual([context.phase, store.label(contextId)], ["route-handler", "written by a worker"]);
  });
}
