import assert from "node:assert/strict";
import { AsyncResource } from "node:async_hooks";
import { test } from "node:test";
import { mode, nodeHooks } from "../../js/async-context/node-hooks.js";
import { SlotStorage } from "../../js/async-context/slot-storage.js";

// One behaviour per test. slot-storage-model.spec.mjs has their combinations.

/** Runs a test in a context of its own, so that what it enters ends with it. */
const isolated = (fn) => () => new AsyncResource("test").runInAsyncScope(fn);

test("leaving a run puts back its own storage and nothing else", () => {
  const [a, b] = [new SlotStorage(), new SlotStorage()];
  isolated(() => {
    a.enterWith("a0");
    a.run("a1", () => {
      assert.equal(a.getStore(), "a1");
      b.enterWith("b1");
      a.enterWith("a2");
    });
    assert.equal(a.getStore(), "a0");
    assert.equal(b.getStore(), "b1");
  })();
});

test("undefined is a value: what was there does not show through", () => {
  const a = new SlotStorage();
  a.run("outer", () => {
    assert.equal(
      a.run(undefined, () => a.getStore()),
      undefined,
    );
    assert.equal(a.getStore(), "outer");
  });
  assert.equal(a.getStore(), undefined);
});

test("every kind of value comes back as itself", () => {
  const a = new SlotStorage();
  for (const value of [null, false, 0, -0, Number.NaN, "", 1n, Symbol("s"), {}, [], () => {}, Promise.resolve()]) {
    assert.ok(
      a.run(value, () => Object.is(a.getStore(), value)),
      String(value),
    );
  }
});

test("running with the value that is already there calls straight through, so what is entered inside stays", () => {
  for (const Class of [nodeHooks.AsyncLocalStorage, SlotStorage]) {
    isolated(() => {
      const a = new Class();
      a.enterWith(Number.NaN);
      a.run(Number.NaN, () => a.enterWith("inside"));
      assert.equal(a.getStore(), "inside", Class.name);
      a.enterWith(0);
      a.run(-0, () => a.enterWith("inside"));
      assert.equal(a.getStore(), 0, Class.name);
    })();
  }
});

test("run and exit return what the function returns, pass the arguments, and call it without a this", () => {
  /** @this {unknown} */
  function probe(...args) {
    return [this, args];
  }
  const fresh = [new nodeHooks.AsyncLocalStorage(), new SlotStorage()];
  const [expected, actual] = fresh.map((a) => [
    a.run(1, probe),
    a.run(1, probe, "x", undefined, 3),
    a.exit(probe, "y"),
    a.run(2, () => a.exit(probe, "z")),
    a.run(2, () => a.run(2, probe, "same")),
  ]);
  assert.deepEqual(actual, expected);
  assert.deepEqual(actual[1], [null, ["x", undefined, 3]]);
});

test("what the function throws comes through, and the storage is put back", () => {
  const [a, b] = [new SlotStorage(), new SlotStorage()];
  const error = new Error("thrown inside");
  const fails = (enter) => assert.throws(enter, (caught) => caught === error);
  const fail = () => {
    b.enterWith("left behind");
    throw error;
  };
  isolated(() => {
    a.enterWith("outer");
    fails(() => a.run("inner", fail));
    assert.deepEqual([a.getStore(), b.getStore()], ["outer", "left behind"]);
    fails(() => a.exit(fail));
    assert.equal(a.getStore(), "outer");
    fails(() => a.run("inner", SlotStorage.snapshot(), fail));
    assert.equal(a.getStore(), "outer");
  })();
});

test("a function that is none fails as it does in Node, and the storage is put back", () => {
  for (const Class of [nodeHooks.AsyncLocalStorage, SlotStorage]) {
    const a = new Class();
    assert.throws(() => a.run(1, undefined), TypeError, Class.name);
    assert.equal(a.getStore(), undefined, Class.name);
  }
});

test("exit hides the storage and no other, also in what is started inside", async () => {
  const [a, b] = [new SlotStorage(), new SlotStorage()];
  await a.run("a", () =>
    b.run("b", async () => {
      const later = a.exit(async () => {
        assert.deepEqual([a.getStore(), b.getStore()], [undefined, "b"]);
        await null;
        return [a.getStore(), b.getStore()];
      });
      assert.equal(a.getStore(), "a");
      assert.deepEqual(await later, [undefined, "b"]);
    }),
  );
});

test("disable takes the value away in the current context, and entering the storage brings it back to use", async () => {
  const [a, b] = [new SlotStorage(), new SlotStorage()];
  a.disable();
  await a.run(1, () =>
    b.run("b", async () => {
      const before = Promise.resolve().then(() => a.getStore());
      a.disable();
      assert.deepEqual([a.getStore(), b.getStore()], [undefined, "b"]);
      assert.equal(await before, undefined);
      a.run(2, () => assert.equal(a.getStore(), 2));
    }),
  );
  assert.equal(a.getStore(), undefined);
});

test("a disable inside a run of another storage outlasts that run", () => {
  for (const Class of [nodeHooks.AsyncLocalStorage, SlotStorage]) {
    isolated(() => {
      const [a, b] = [new Class(), new Class()];
      a.enterWith(1);
      b.run(2, () => a.disable());
      assert.deepEqual([a.getStore(), b.getStore()], [undefined, undefined], Class.name);
    })();
  }
});

test("disable reaches the contexts that it reaches in Node: all with async_hooks, the current one with frames", () => {
  for (const Class of [nodeHooks.AsyncLocalStorage, SlotStorage]) {
    isolated(() => {
      const [a, b] = [new Class(), new Class()];
      a.enterWith(1);
      const elsewhere = new AsyncResource("older context");
      b.enterWith(2);
      a.disable();
      assert.equal(a.getStore(), undefined, Class.name);
      assert.equal(
        elsewhere.runInAsyncScope(() => a.getStore()),
        mode.frames ? 1 : undefined,
        Class.name,
      );
    })();
  }
});

test("a scope that is held is not changed by what is entered later", () => {
  const [a, b] = [new SlotStorage(), new SlotStorage()];
  a.run(1, () => {
    const held = SlotStorage.snapshot();
    const bound = SlotStorage.bind(() => [a.getStore(), b.getStore()]);
    a.run(2, () =>
      b.run(3, () => {
        assert.deepEqual(
          held(() => [a.getStore(), b.getStore()]),
          [1, undefined],
        );
        assert.deepEqual(bound(), [1, undefined]);
        assert.deepEqual([a.getStore(), b.getStore()], [2, 3]);
      }),
    );
  });
});

test("a snapshot of this class holds foreign storages too, and slots travel in a snapshot of Node's", () => {
  const slot = new SlotStorage();
  const foreign = new nodeHooks.AsyncLocalStorage();
  for (const Class of [SlotStorage, nodeHooks.AsyncLocalStorage]) {
    const held = slot.run("slot", () => foreign.run("foreign", () => Class.snapshot()));
    assert.deepEqual(
      held(() => [slot.getStore(), foreign.getStore()]),
      ["slot", "foreign"],
    );
  }
});

test("a foreign storage entered inside a run stays entered, and one entered outside shows inside", () => {
  const slot = new SlotStorage();
  const foreign = new nodeHooks.AsyncLocalStorage();
  isolated(() => {
    foreign.enterWith("outside");
    slot.run(1, () => {
      assert.equal(foreign.getStore(), "outside");
      foreign.enterWith("inside");
    });
    assert.equal(foreign.getStore(), "inside");
    assert.equal(slot.getStore(), undefined);
  })();
});
