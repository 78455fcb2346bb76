import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { LAYOUT } from "../../js/generated/slot-table.js";

let entered = 0;

// Counts the scopes that are entered. The root storage is kept under a public key, so the first copy that loads makes it.
class CountingStorage extends AsyncLocalStorage {
  enterWith(scope) {
    entered++;
    return super.enterWith(scope);
  }
}
globalThis[Symbol.for(`onescope.scope.1.${LAYOUT.hash}`)] = new CountingStorage();

const { getOrCreateAls, registerAlsForScopeExit, runOutsideRequestScopes } = await import(
  "../../shims/internal/als-registry.js"
);
const { slotBehind } = await import("../../js/async-context/adopt.js");
const { SlotStorage } = await import("../../js/async-context/slot-storage.js");

const registry = globalThis[Symbol.for("vinext.als.registry")];

let keys = 0;
const freshKey = () => `onescope.test.${keys++}`;

/** Enters all storages, one inside the other, each with its own index. */
const insideAll = (storages, fn, index = 0) =>
  index === storages.length ? fn() : storages[index].run(index, () => insideAll(storages, fn, index + 1));

const readAll = (storages) => storages.map((storage) => storage.getStore());

test("a key has one storage, a slot, under the global symbol", () => {
  const key = freshKey();
  const storage = getOrCreateAls(key);
  assert.equal(getOrCreateAls(key), storage);
  assert.equal(globalThis[Symbol.for(key)], storage);
  assert.ok(storage instanceof SlotStorage);
  assert.ok(storage instanceof AsyncLocalStorage);
  assert.ok(registry.has(storage));
  assert.notEqual(getOrCreateAls(freshKey()), storage);
});

test("a storage that is there already is taken over in place and never replaced", () => {
  const key = freshKey();
  const there = new AsyncLocalStorage();
  globalThis[Symbol.for(key)] = there;
  there.run("entered before", () => {
    assert.equal(getOrCreateAls(key), there);
    assert.equal(there.getStore(), "entered before");
  });
  assert.equal(globalThis[Symbol.for(key)], there);
  assert.equal(there.constructor, AsyncLocalStorage);
  assert.ok(slotBehind(there) instanceof SlotStorage);
  assert.ok(registry.has(there));
});

test("a stand-in that is no AsyncLocalStorage is given out as it is and left as it is", () => {
  const key = freshKey();
  const noop = { run: (_store, fn) => fn(), exit: (fn) => fn(), getStore: () => undefined, enterWith: () => {} };
  const before = { ...noop };
  globalThis[Symbol.for(key)] = noop;
  assert.equal(getOrCreateAls(key), noop);
  registerAlsForScopeExit(noop);
  assert.deepEqual(noop, before);
  assert.equal(
    runOutsideRequestScopes(() => "result"),
    "result",
  );
  registry.delete(noop);
});

test("every registered storage is left, in what fn starts too, and all are there again afterwards", async () => {
  const foreign = new AsyncLocalStorage();
  const adopted = new AsyncLocalStorage();
  const elsewhere = new SlotStorage();
  const kept = new SlotStorage();
  // As a stock copy of the module does: Node's own storage is in the set, and is no slot.
  registry.add(foreign);
  registerAlsForScopeExit(adopted);
  registerAlsForScopeExit(elsewhere);
  const storages = [getOrCreateAls(freshKey()), foreign, adopted, elsewhere, getOrCreateAls(freshKey())];
  const values = storages.map((_, index) => index);
  const nothing = storages.map(() => undefined);

  await kept.run("kept", () =>
    insideAll(storages, async () => {
      const continuation = runOutsideRequestScopes(async () => {
        assert.deepEqual(readAll(storages), nothing);
        await nextTurn();
        assert.deepEqual(readAll(storages), nothing);
        await runOutsideRequestScopes(nextTurn);
        assert.equal(kept.getStore(), "kept");
        return insideAll(storages, async () => {
          await nextTurn();
          return readAll(storages);
        });
      });
      assert.deepEqual(readAll(storages), values);
      assert.deepEqual(await continuation, values);
      assert.deepEqual(readAll(storages), values);
    }),
  );
  assert.equal(slotBehind(foreign), undefined);
  registry.delete(foreign);
});

test("what is thrown comes through and all storages are there again", () => {
  const storages = [getOrCreateAls(freshKey()), getOrCreateAls(freshKey())];
  const error = new Error("thrown outside");
  insideAll(storages, () => {
    assert.throws(
      () =>
        runOutsideRequestScopes(() => {
          throw error;
        }),
      (caught) => caught === error,
    );
    assert.deepEqual(readAll(storages), [0, 1]);
  });
});

test("what fn enters in other storages stays, and what it enters in the left ones does not", () => {
  const left = getOrCreateAls(freshKey());
  const other = new SlotStorage();
  left.run("left", () =>
    other.run("other", () => {
      runOutsideRequestScopes(() => {
        other.enterWith("entered outside");
        left.enterWith("gone");
      });
      assert.deepEqual([left.getStore(), other.getStore()], ["left", "entered outside"]);
    }),
  );
});

test("leaving many storages costs one scope, and leaving none costs nothing", () => {
  const storages = Array.from({ length: 40 }, () => getOrCreateAls(freshKey()));
  const countInside = () => {
    const before = entered;
    const inside = runOutsideRequestScopes(() => entered);
    return [inside - before, entered - inside];
  };
  assert.deepEqual(countInside(), [0, 0]);
  insideAll(storages, () => {
    assert.deepEqual(countInside(), [1, 1]);
    runOutsideRequestScopes(() => assert.deepEqual(countInside(), [0, 0]));
    assert.deepEqual(
      readAll(storages),
      storages.map((_, index) => index),
    );
  });
});
