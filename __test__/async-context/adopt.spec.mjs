import assert from "node:assert/strict";
import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { adopt, slotBehind } from "../../js/async-context/adopt.js";
import { SlotStorage } from "../../js/async-context/slot-storage.js";

/** Runs a test in a context of its own, so that what it enters ends with it. */
const isolated = (title, fn) => test(title, () => new AsyncResource("test").runInAsyncScope(fn));

test("a storage that is taken over stays the same instance of the same class", () => {
  const storage = new AsyncLocalStorage();
  adopt(storage);
  assert.equal(storage.constructor, AsyncLocalStorage);
  assert.equal(Object.getPrototypeOf(storage), AsyncLocalStorage.prototype);
  assert.ok(slotBehind(storage) instanceof SlotStorage);
  assert.notEqual(slotBehind(storage), storage);
});

test("taking over twice is taking over once", () => {
  const storage = new AsyncLocalStorage();
  adopt(storage);
  const [slot, run] = [slotBehind(storage), storage.run];
  storage.run(1, () => {
    adopt(storage);
    assert.equal(storage.getStore(), 1);
  });
  assert.deepEqual([slotBehind(storage), storage.run], [slot, run]);
});

test("a slot is its own, and what is no storage is left alone", () => {
  const slot = new SlotStorage();
  adopt(slot);
  assert.equal(slotBehind(slot), slot);
  assert.deepEqual(Object.getOwnPropertyNames(slot), []);
  const noop = { run: (_store, fn) => fn(), exit: (fn) => fn(), getStore: () => undefined };
  const before = { ...noop };
  for (const other of [noop, null, undefined, 1, "x", () => {}]) {
    adopt(other);
    assert.equal(slotBehind(other), undefined);
  }
  assert.deepEqual(noop, before);
  const untouched = new AsyncLocalStorage();
  assert.equal(slotBehind(untouched), undefined);
});

isolated("all that is entered through one reference is read through every other", async () => {
  const storage = new AsyncLocalStorage();
  const reference = storage;
  adopt(storage);
  await storage.run("run", async () => {
    assert.equal(reference.getStore(), "run");
    assert.equal(slotBehind(storage).getStore(), "run");
    await nextTurn();
    assert.equal(reference.getStore(), "run");
    reference.exit(() => assert.equal(storage.getStore(), undefined));
    reference.enterWith("entered");
    assert.equal(storage.getStore(), "entered");
    const held = AsyncLocalStorage.snapshot();
    reference.run(undefined, () => assert.equal(storage.getStore(), undefined));
    assert.equal(
      reference.run("other", held, () => storage.getStore()),
      "entered",
    );
  });
  assert.equal(storage.getStore(), undefined);
  const scope = storage.withScope?.("scope");
  assert.equal(storage.getStore(), scope && "scope");
  scope?.dispose();
  assert.equal(storage.getStore(), undefined);
});

isolated("what was entered before stays visible here and in flows that started before", async () => {
  const storage = new AsyncLocalStorage();
  const other = storage.run("other flow", async () => {
    await nextTurn();
    const first = storage.getStore();
    await storage.run("inside", nextTurn);
    return [first, storage.getStore()];
  });
  const held = storage.run("held", () => AsyncLocalStorage.snapshot());
  await storage.run("here", async () => {
    adopt(storage);
    assert.equal(storage.getStore(), "here");
    assert.equal(
      storage.run("inner", () => storage.getStore()),
      "inner",
    );
    assert.equal(storage.getStore(), "here");
    assert.equal(
      storage.run(undefined, () => storage.getStore()),
      undefined,
    );
    await nextTurn();
    assert.equal(storage.getStore(), "here");
  });
  assert.deepEqual(await other, ["other flow", "other flow"]);
  assert.equal(
    held(() => storage.getStore()),
    "held",
  );
});

isolated("a run that is open when the storage is taken over ends as it would have", () => {
  const storage = new AsyncLocalStorage();
  storage.enterWith("outer");
  storage.run("open", () => {
    storage.run("inner", () => adopt(storage));
    assert.equal(storage.getStore(), "open");
  });
  assert.equal(storage.getStore(), "outer");
  storage.run("later", () => assert.equal(storage.getStore(), "later"));
  assert.equal(storage.getStore(), "outer");
});

isolated("exit hides what was entered before the storage was taken over, and shows it again", async () => {
  const storage = new AsyncLocalStorage();
  storage.enterWith("before");
  adopt(storage);
  for (const variant of ["never entered since", "entered since"]) {
    const later = storage.exit(async () => {
      assert.equal(storage.getStore(), undefined, variant);
      await nextTurn();
      return storage.getStore();
    });
    assert.equal(storage.getStore(), "before", variant);
    assert.equal(await later, undefined, variant);
    storage.run("since", () => {});
  }
});

isolated("disable takes away what was entered before the storage was taken over", () => {
  const storage = new AsyncLocalStorage();
  storage.enterWith("before");
  adopt(storage);
  storage.disable();
  assert.equal(storage.getStore(), undefined);
  storage.run("again", () => assert.equal(storage.getStore(), "again"));
  assert.equal(storage.getStore(), undefined);
});

isolated("a snapshot holds the values of storages that were taken over", () => {
  const storages = Array.from({ length: 3 }, () => new AsyncLocalStorage());
  storages[0].enterWith("before");
  for (const storage of storages) adopt(storage);
  const held = storages[1].run("slot", () => SlotStorage.snapshot());
  const read = () => storages.map((storage) => storage.getStore());
  assert.deepEqual(
    storages[0].run("other", () => storages[2].run("other", () => held(read))),
    ["before", "slot", undefined],
  );
});
