import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { mode } from "../../js/async-context/node-hooks.js";
import { claim, MAX_SCOPE_LENGTH, storagesInUse } from "../../js/async-context/scope.js";
import { SlotStorage } from "../../js/async-context/slot-storage.js";
import { afterCollection } from "../_support/wait.mjs";

const many = (count, options) => Array.from({ length: count }, () => new SlotStorage(options));

/** Enters the storages one inside the other, each with its own index, and calls `fn` in the innermost scope. */
function nested(storages, fn, index = 0) {
  if (index === storages.length) return fn();
  return storages[index].run({ index }, () => nested(storages, fn, index + 1));
}

const read = (storage) => storage.getStore();

/** Calls `fn` inside a storage that is collected later. */
function enterFormer(fn) {
  return new SlotStorage().run({ former: true }, fn);
}

const indexes = (storages) => storages.map((storage) => storage.getStore()?.index);

test("a storage takes an index when it is first entered, not when it is made", () => {
  const before = storagesInUse();
  const [a, b] = many(2);
  assert.deepEqual([a.getStore(), storagesInUse()], [undefined, before]);
  a.exit(() => {});
  a.run(1, () => {});
  a.enterWith(2);
  a.enterWith(undefined);
  b.run(1, () => {});
  assert.ok(storagesInUse() <= before + 2);
  assert.ok(storagesInUse() > before);
});

test("an index is used again after its storage was collected, and its next owner is boxed", async () => {
  const before = storagesInUse();
  for (let i = 0; i < MAX_SCOPE_LENGTH; i++) enterFormer(() => {});
  assert.ok(
    await afterCollection(() => storagesInUse() <= before, Boolean),
    `${storagesInUse()} storages are still in use`,
  );
  const claimants = Array.from({ length: MAX_SCOPE_LENGTH / 2 }, () => ({}));
  const owners = claimants.map(claim);
  assert.ok(owners.every(({ index, boxed }) => index !== 0 && boxed));
  assert.equal(new Set(owners.map(({ index }) => index)).size, claimants.length);
});

test("twenty thousand short-lived storages read right and give their indexes back", async () => {
  const kept = new SlotStorage();
  let most = 0;
  for (let batch = 0; batch < 20; batch++) {
    const waiting = [];
    for (let i = 0; i < 1000; i++) {
      const storage = new SlotStorage();
      const value = { batch, i };
      storage.run(value, () => {
        assert.equal(storage.getStore(), value);
        if (i % 100 === 0) waiting.push(nextTurn().then(() => assert.equal(storage.getStore(), value)));
      });
      assert.equal(storage.getStore(), undefined);
      kept.run(i, () => assert.equal(kept.getStore(), i));
    }
    await Promise.all(waiting);
    most = Math.max(most, storagesInUse());
    assert.ok(
      await afterCollection(() => storagesInUse() < 100, Boolean),
      `${storagesInUse()} storages are still in use`,
    );
  }
  assert.ok(most >= 900, `at most ${most} storages were in use at once: the count counts something else`);
});

test("the next storage at an index does not see the last one's value, in any scope that is still alive", async () => {
  const kept = new SlotStorage();
  const before = storagesInUse();
  const woken = Promise.withResolvers();
  let seen = () => [];
  const readAll = () => seen();
  const later = [];
  // Takes what it calls from outside: a closure made beside the storage would keep it alive.
  const hold = () => {
    later.push(woken.promise.then(readAll));
    return { index: kept.getStore(), held: SlotStorage.snapshot(), bound: SlotStorage.bind(readAll) };
  };
  const scopes = Array.from({ length: MAX_SCOPE_LENGTH }, (_, index) => kept.run(index, enterFormer, hold));
  assert.ok(
    await afterCollection(() => storagesInUse() <= before + 1, Boolean),
    `${storagesInUse()} storages are still in use`,
  );

  const next = [...many(MAX_SCOPE_LENGTH), ...many(4, { defaultValue: undefined })];
  for (const storage of next) storage.run("claims an index", () => {});
  seen = () => next.map((storage) => storage.getStore());
  const nothing = next.map(() => undefined);
  for (const { held, bound, index } of scopes) {
    assert.deepEqual(held(seen), nothing);
    assert.deepEqual(bound(), nothing);
    held(() => {
      assert.equal(kept.getStore(), index);
      for (const storage of next) {
        storage.run(undefined, () => assert.equal(storage.getStore(), undefined));
        storage.run("own", () => {
          assert.equal(storage.getStore(), "own");
          storage.run(undefined, () => assert.equal(storage.getStore(), undefined));
          storage.exit(() => assert.equal(storage.getStore(), undefined));
          assert.equal(storage.getStore(), "own");
        });
        assert.equal(storage.getStore(), undefined);
      }
    });
  }
  woken.resolve();
  for (const reads of await Promise.all(later)) assert.deepEqual(reads, nothing);
});

test("a default shows at a used index, and not what the last storage left there", async () => {
  const before = storagesInUse();
  const held = many(MAX_SCOPE_LENGTH).map(() => enterFormer(() => SlotStorage.snapshot()));
  assert.ok(
    await afterCollection(() => storagesInUse() <= before, Boolean),
    `${storagesInUse()} storages are still in use`,
  );
  // With async_hooks a default shows only in the resource that the storage was made in.
  const expected = mode.options && mode.frames ? "default" : undefined;
  for (const storage of many(MAX_SCOPE_LENGTH, { defaultValue: "default" })) {
    storage.run("claims an index", () => {});
    for (const resume of held) assert.equal(resume(read, storage), expected);
  }
});

test("more storages in use than a scope has indexes all read right, entered and left in any order", async () => {
  const storages = many(200);
  const all = storages.map((_, index) => index);
  await nested(storages, async () => {
    assert.deepEqual(indexes(storages), all);
    assert.deepEqual(indexes(storages.toReversed()), all.toReversed());
    const held = SlotStorage.snapshot();
    for (let step = 0; step < 200; step += 7) {
      const at = (step * 37) % 200;
      storages[at].run({ index: "other" }, () => {
        assert.deepEqual(indexes(storages), all.with(at, "other"));
        assert.deepEqual(
          held(() => indexes(storages)),
          all,
        );
      });
      storages[at].exit(() => assert.deepEqual(indexes(storages), all.with(at, undefined)));
      storages[at].run(undefined, () => assert.deepEqual(indexes(storages), all.with(at, undefined)));
    }
    await nextTurn();
    assert.deepEqual(indexes(storages), all);
    for (const [at, storage] of storages.entries()) storage.enterWith({ index: 200 - at });
    assert.deepEqual(
      indexes(storages),
      all.map((index) => 200 - index),
    );
    assert.deepEqual(
      held(() => indexes(storages)),
      all,
    );
  });
  assert.deepEqual(indexes(storages), Array(200).fill(undefined));
});

test("leaving a run of a storage without an index restores what was there, whatever was entered inside", () => {
  const storages = many(MAX_SCOPE_LENGTH * 2);
  nested(storages, () => {
    const [outer, inner] = storages.slice(-2);
    outer.run({ index: "outer" }, () => inner.enterWith({ index: "left" }));
    assert.deepEqual(indexes([outer, inner]), [MAX_SCOPE_LENGTH * 2 - 2, "left"]);
    outer.exit(() => inner.enterWith({ index: "left by exit" }));
    assert.deepEqual(indexes([outer, inner]), [MAX_SCOPE_LENGTH * 2 - 2, "left by exit"]);
    inner.disable();
    assert.deepEqual(indexes([outer, inner]), [MAX_SCOPE_LENGTH * 2 - 2, undefined]);
  });
});

test("once no scope holds it, the value of a dropped storage is collected, with an index and without", async () => {
  /** @type {WeakRef<object>[]} */
  const values = [];
  const storages = many(MAX_SCOPE_LENGTH * 2);
  for (const storage of [...storages, ...many(MAX_SCOPE_LENGTH)]) {
    const value = { large: new Array(1000).fill(0) };
    values.push(new WeakRef(value));
    storage.run(value, () => void nextTurn().then(() => assert.equal(storage.getStore(), value)));
  }
  storages.length = 0;
  await nextTurn();
  assert.ok(
    await afterCollection(() => values.every((value) => value.deref() === undefined), Boolean),
    `${values.filter((value) => value.deref() !== undefined).length} values are still there`,
  );
});

test("a scope that goes on for long drops what collected storages left in its list", async () => {
  const full = many(MAX_SCOPE_LENGTH * 2);
  /** @type {WeakRef<object>[]} */
  const values = [];
  const alive = () => values.filter((value) => value.deref() !== undefined).length;
  await nested(full, async () => {
    // From here on in a context of its own; before, what is entered would stay entered in the caller's.
    await null;
    for (let i = 0; i < 300; i++) {
      const value = { i };
      values.push(new WeakRef(value));
      new SlotStorage().enterWith(value);
    }
    await afterCollection(() => storagesInUse() <= full.length, Boolean);
    // At least one of so many gets no index, and entering that one makes the next scope without them.
    for (const storage of many(MAX_SCOPE_LENGTH)) storage.enterWith("enters");
    await afterCollection(() => alive() < MAX_SCOPE_LENGTH, Boolean);
    assert.ok(alive() < MAX_SCOPE_LENGTH, `${alive()} of 300 values are still there`);
    assert.deepEqual(
      indexes(full),
      full.map((_, index) => index),
    );
  });
});
