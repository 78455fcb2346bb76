import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { mode } from "../../js/async-context/mode.js";
import { claim, LANES, storagesInUse } from "../../js/async-context/scope.js";
import { SlotStorage } from "../../js/async-context/slot-storage.js";
import { collectUntil } from "../_support/collect.mjs";

const many = (count, options) => Array.from({ length: count }, () => new SlotStorage(options));

/** Enters the storages one inside the other, each with its own index, and calls `fn` in the innermost scope. */
function nested(storages, fn, index = 0) {
  if (index === storages.length) return fn();
  return storages[index].run({ index }, () => nested(storages, fn, index + 1));
}

const read = (storage) => storage.getStore();

/** Calls `fn` inside a storage that nobody holds. */
function enterFormer(fn) {
  return new SlotStorage().run({ former: true }, fn);
}

const indexes = (storages) => storages.map((storage) => storage.getStore()?.index);

test("a storage takes a place when it is first entered, not when it is made", () => {
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

test("a lane is used again after its storage was collected, and its next owner knows", async () => {
  const before = storagesInUse();
  for (let i = 0; i < LANES; i++) enterFormer(() => {});
  assert.ok(await collectUntil(() => storagesInUse() <= before), `${storagesInUse()} storages are still in use`);
  const claimants = Array.from({ length: LANES / 2 }, () => ({}));
  const owners = claimants.map(claim);
  assert.ok(owners.every(({ lane, boxed }) => lane !== 0 && boxed));
  assert.equal(new Set(owners.map(({ lane }) => lane)).size, claimants.length);
});

test("twenty thousand short-lived storages read right and give their places back", async () => {
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
    assert.ok(await collectUntil(() => storagesInUse() < 100), `${storagesInUse()} storages are still in use`);
  }
  assert.ok(most >= 900, `at most ${most} storages were in use at once: the count counts something else`);
});

test("the next storage on a lane does not see the last one's value, in any scope that is still alive", async () => {
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
  const scopes = Array.from({ length: LANES }, (_, index) => kept.run(index, enterFormer, hold));
  assert.ok(await collectUntil(() => storagesInUse() <= before + 1), `${storagesInUse()} storages are still in use`);

  const next = [...many(LANES), ...many(4, { defaultValue: undefined })];
  for (const storage of next) storage.run("claims a place", () => {});
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

test("a default shows on a used lane, and not what the last storage left there", async () => {
  const before = storagesInUse();
  const held = many(LANES).map(() => enterFormer(() => SlotStorage.snapshot()));
  assert.ok(await collectUntil(() => storagesInUse() <= before), `${storagesInUse()} storages are still in use`);
  // With async_hooks a default shows only in the resource that the storage was made in.
  const expected = mode.options && mode.frames ? "default" : undefined;
  for (const storage of many(LANES, { defaultValue: "default" })) {
    storage.run("claims a place", () => {});
    for (const resume of held) assert.equal(resume(read, storage), expected);
  }
});

test("more storages in use than there are lanes all read right, entered and left in any order", async () => {
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

test("leaving a run beyond the lanes puts back what was there, whatever was entered inside", () => {
  const storages = many(LANES * 2);
  nested(storages, () => {
    const [outer, inner] = storages.slice(-2);
    outer.run({ index: "outer" }, () => inner.enterWith({ index: "left" }));
    assert.deepEqual(indexes([outer, inner]), [LANES * 2 - 2, "left"]);
    outer.exit(() => inner.enterWith({ index: "left by exit" }));
    assert.deepEqual(indexes([outer, inner]), [LANES * 2 - 2, "left by exit"]);
    inner.disable();
    assert.deepEqual(indexes([outer, inner]), [LANES * 2 - 2, undefined]);
  });
});

test("once no scope holds it, the value of a dropped storage is collected, with a lane and without", async () => {
  /** @type {WeakRef<object>[]} */
  const values = [];
  const storages = many(LANES * 2);
  for (const storage of [...storages, ...many(LANES)]) {
    const value = { large: new Array(1000).fill(0) };
    values.push(new WeakRef(value));
    storage.run(value, () => void nextTurn().then(() => assert.equal(storage.getStore(), value)));
  }
  storages.length = 0;
  await nextTurn();
  assert.ok(
    await collectUntil(() => values.every((value) => value.deref() === undefined)),
    `${values.filter((value) => value.deref() !== undefined).length} values are still there`,
  );
});

test("a scope that goes on for long drops what collected storages left in it beyond the lanes", async () => {
  const full = many(LANES * 2);
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
    await collectUntil(() => storagesInUse() <= full.length);
    // At least one of so many gets no lane, and entering that one makes the next scope without the left-overs.
    for (const storage of many(LANES)) storage.enterWith("enters");
    await collectUntil(() => alive() < LANES);
    assert.ok(alive() < LANES, `${alive()} of 300 values are still there`);
    assert.deepEqual(
      indexes(full),
      full.map((_, index) => index),
    );
  });
});
