import assert from "node:assert/strict";
import { test } from "node:test";
import { mode } from "../../js/async-context/node-hooks.js";
import { evalJson } from "../_support/run.mjs";

const REGISTER = ["--import", "./js/register.js"];

/** Runs a module in a process with onescope/register. The module's value `result` comes back. */
const registered = (source) => evalJson(`${source}\nconsole.log(JSON.stringify(result));`, { flags: REGISTER });

test("every import of the class gets the slot's, in the main thread and in workers", async () => {
  const result = await registered(`
    import * as namespace from "node:async_hooks";
    import { AsyncLocalStorage } from "async_hooks";
    import { createRequire } from "node:module";
    import { Worker } from "node:worker_threads";
    import { once } from "node:events";
    const require = createRequire(process.cwd() + "/x.js");
    const found = {
      namespace: namespace.AsyncLocalStorage, default: namespace.default.AsyncLocalStorage, named: AsyncLocalStorage,
      dynamic: (await import("node:async_hooks")).AsyncLocalStorage,
      require: require("async_hooks").AsyncLocalStorage, "require node:": require("node:async_hooks").AsyncLocalStorage,
      getBuiltinModule: process.getBuiltinModule("async_hooks").AsyncLocalStorage,
    };
    // The worker inherits --input-type as well.
    const worker = new Worker(\`
      import { AsyncLocalStorage } from "node:async_hooks";
      import { parentPort } from "node:worker_threads";
      const storage = new AsyncLocalStorage();
      storage.run("in the worker", () => setImmediate(() => {
        parentPort.postMessage([AsyncLocalStorage.name, storage.getStore()]);
      }));
    \`, { eval: true });
    const [inWorker] = await once(worker, "message");
    const { SlotStorage } = await import("./js/async-context/slot-storage.js");
    const { AsyncLocalStorage: NodeStorage } = (await import("./js/async-context/node-hooks.js")).nodeHooks;
    const result = {
      others: Object.keys(found).filter((name) => found[name] !== SlotStorage), inWorker,
      isReplaced: NodeStorage === SlotStorage, instance: new AsyncLocalStorage() instanceof NodeStorage,
    };
  `);
  assert.deepEqual(result, {
    others: [],
    inWorker: ["SlotStorage", "in the worker"],
    isReplaced: false,
    instance: true,
  });
});

test("Node's own carriers read from slots what they read from Node's storages", async () => {
  const run = (flags) => evalJson('await import("./__test__/_support/registered-carriers.mjs")', { flags });
  const [stock, slots] = await Promise.all([run([]), run(REGISTER)]);
  assert.deepEqual(slots.reads, stock.reads);
  assert.deepEqual([stock.slots, slots.slots], [false, true]);
  // If Node itself had used a storage of its own class or a hook, the root strategy would not have been tested.
  assert.deepEqual([slots.allSlots, slots.watched], [true, false]);
  const { reads } = slots;
  assert.deepEqual(reads["timers and file system promises"], Array(4).fill("inside"));
  assert.deepEqual(reads["events.on and EventEmitterAsyncResource"], ["inside", "emitter", "inside"]);
  assert.deepEqual(reads["AsyncResource, bind and snapshot"], ["inside", "inside", "inside", "caller"]);
  assert.deepEqual(reads.streams, ["inside"]);
  assert.deepEqual(reads["a diagnostics channel with a bound store"].slice(0, 3), [
    "from channel",
    "inner",
    "from channel",
  ]);
  assert.deepEqual(reads["a tracing channel with a bound store"].slice(0, 2), ["trace 1", "trace 2"]);
  assert.deepEqual(
    reads["fetch to a server that responds from its own context"],
    ["/a", "/b", "/c"].map((path) => `server ${path}, client ${path}`),
  );
});

test("a storage made before register is noticed at its first use and keeps working", async () => {
  const result = await evalJson(`
    import { AsyncLocalStorage } from "node:async_hooks";
    const early = new AsyncLocalStorage();
    await import("./js/register.js");
    const { entry } = await import("./js/async-context/entry.js");
    const { store } = await import("./js/index.js");
    const slot = new (await import("node:async_hooks")).AsyncLocalStorage();
    const state = () => [entry.allSlots, store.storages().others];
    const reads = [slot.run("alone", () => slot.getStore())];
    const before = state();
    await early.run("early", () => slot.run("slot", async () => {
      reads.push([early.getStore(), slot.getStore()]);
      const Class = slot.constructor;
      const held = Class.snapshot(), bound = Class.bind(() => [early.getStore(), slot.getStore()]);
      early.enterWith("entered inside");
      reads.push(early.run("other", held, () => [early.getStore(), slot.getStore()]), early.run("other", bound));
      await null;
      reads.push([early.getStore(), slot.getStore()]);
    }));
    slot.run("slot", () => early.enterWith("left inside"));
    reads.push([early.getStore(), slot.getStore() ?? null]);
    console.log(JSON.stringify({ before, after: state(), reads }));
  `);
  assert.deepEqual(result, {
    before: [true, false],
    after: [false, true],
    reads: [
      "alone",
      ["early", "slot"],
      ["early", "slot"],
      ["early", "slot"],
      ["entered inside", "slot"],
      ["left inside", null],
    ],
  });
});

for (const [first, noticed] of [
  ["getStore()", true],
  ["enterWith(1)", true],
  ["run(1, () => {})", true],
  // With async_hooks an exit reads and enters nothing.
  ["exit(() => {})", mode.frames],
]) {
  test(`a storage of Node's own whose first use is ${first} is ${noticed ? "" : "not "}noticed`, async () => {
    const result = await evalJson(`
      import { AsyncLocalStorage } from "node:async_hooks";
      const early = new AsyncLocalStorage();
      await import("./js/register.js");
      const { entry } = await import("./js/async-context/entry.js");
      const before = entry.allSlots;
      early.${first};
      console.log(JSON.stringify([before, entry.allSlots]));
    `);
    assert.deepEqual(result, [true, !noticed]);
  });
}

for (const watcher of [
  "createHook({ init() {} })",
  "executionAsyncResource()",
  'createRequire(process.cwd() + "/x.js")("async_hooks").createHook({ init() {} })',
]) {
  test(`after ${watcher} the true resource is current inside a run`, async () => {
    const result = await registered(`
      import { AsyncLocalStorage, AsyncResource, createHook, executionAsyncId, executionAsyncResource } from "node:async_hooks";
      import { createRequire } from "node:module";
      const { entry } = await import("./js/async-context/entry.js");
      const storage = new AsyncLocalStorage();
      const before = entry.watched;
      ${watcher};
      const result = new AsyncResource("mine").runInAsyncScope(() => {
        const outside = executionAsyncResource(), id = executionAsyncId();
        outside.mark = "mine";
        const inside = storage.run(1, () => [
          executionAsyncResource() === outside, executionAsyncResource().mark, executionAsyncId() === id, storage.getStore(),
        ]);
        const held = storage.run(2, () => AsyncLocalStorage.snapshot());
        return { before, after: entry.watched, inside, held: held(() => storage.getStore()), left: storage.getStore() ?? null };
      });
    `);
    assert.deepEqual(result, { before: false, after: true, inside: [true, "mine", true, 1], held: 2, left: null });
  });
}

test("a hook made inside an open run sees the true resources from the next run on", async () => {
  const result = await registered(`
    import { AsyncLocalStorage, createHook } from "node:async_hooks";
    const [a, b] = [new AsyncLocalStorage(), new AsyncLocalStorage()];
    const types = [];
    const result = a.run("outer", () => {
      const hook = createHook({ init: (_id, type) => types.push(type), before: () => types.push("before") }).enable();
      const reads = b.run("inner", () => [a.getStore(), b.getStore()]);
      hook.disable();
      return { types, reads: [...reads, a.getStore(), b.getStore() ?? null] };
    });
    result.left = a.getStore() ?? null;
  `);
  assert.deepEqual(result, { types: [], reads: ["outer", "inner", "outer", null], left: null });
});

test("registering twice, also from another copy of the module, changes nothing", async () => {
  const result = await registered(`
    import { AsyncLocalStorage } from "node:async_hooks";
    const storage = new AsyncLocalStorage();
    const result = [];
    await storage.run("inside", async () => {
      await import("./js/register.js");
      await import("./js/register.js?copy");
      const again = (await import("node:async_hooks")).AsyncLocalStorage;
      const { entry } = await import("./js/async-context/entry.js");
      result.push(again === AsyncLocalStorage, storage.getStore(), entry.allSlots, entry.watched);
      result.push(new again().run("other", () => storage.getStore()));
    });
  `);
  assert.deepEqual(result, [true, "inside", true, false, "inside"]);
});

test("without register nothing is replaced", async () => {
  const result = await evalJson(`
    import * as hooks from "node:async_hooks";
    const before = { ...hooks };
    const { store, SlotStorage } = await import("./js/index.js");
    new SlotStorage().run(1, () => {});
    const replaced = Object.keys(before).filter((name) => hooks[name] !== before[name]);
    console.log(JSON.stringify({ replaced, name: hooks.AsyncLocalStorage.name, others: store.storages().others ?? null }));
  `);
  assert.deepEqual(result, { replaced: [], name: "AsyncLocalStorage", others: null });
});
