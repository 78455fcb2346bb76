import assert from "node:assert/strict";
import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { test } from "node:test";
import { mode, nodeHooks } from "../../js/async-context/node-hooks.js";
import { SlotStorage } from "../../js/async-context/slot-storage.js";

// The class as its users see it, compared with Node's own: both must do the same on the Node that runs this.
const CLASSES = [AsyncLocalStorage, SlotStorage];

/** @param {() => unknown} fn */
function outcome(fn) {
  try {
    return { returned: fn() };
  } catch (error) {
    return { name: error.name, code: error.code };
  }
}

/**
 * @param {(Class: any) => unknown} probe
 * @param {string} what
 */
function assertSame(probe, what) {
  const [expected, actual] = CLASSES.map((Class) => outcome(() => probe(Class)));
  assert.deepEqual(actual, expected, what);
  return actual;
}

test("a slot is an AsyncLocalStorage by every check", () => {
  const slot = new SlotStorage();
  assert.ok(slot instanceof AsyncLocalStorage);
  assert.ok(SlotStorage.prototype instanceof AsyncLocalStorage);
  assert.equal(slot.constructor, SlotStorage);
  assert.equal(SlotStorage.name, "SlotStorage");
  assert.ok(!(new AsyncLocalStorage() instanceof SlotStorage));
  assert.deepEqual(Object.keys(slot), []);
});

test("everything Node's class has, ours has, and nothing else is public", () => {
  const surface = (object) =>
    Object.getOwnPropertyNames(object).filter((name) => !["caller", "arguments"].includes(name));
  for (const name of surface(AsyncLocalStorage)) assert.ok(name in SlotStorage, `static ${name}`);
  for (const name of surface(AsyncLocalStorage.prototype)) {
    if (!name.startsWith("_")) assert.ok(name in SlotStorage.prototype, name);
  }
  assert.deepEqual(surface(SlotStorage).sort(), ["bind", "length", "name", "prototype", "snapshot"]);
  assert.equal("withScope" in SlotStorage.prototype, "withScope" in AsyncLocalStorage.prototype);
});

test("the name and the default are there where this Node has them", () => {
  const options = [undefined, {}, { name: "n" }, { name: 7 }, { name: "" }, { name: null }, { name: undefined }];
  for (const each of options) assertSame((Class) => new Class(each).name, JSON.stringify(each));
  for (const defaultValue of ["d", 0, null, undefined, false]) {
    assertSame((Class) => new Class({ defaultValue }).getStore(), `default ${defaultValue}`);
  }
  assert.equal(new SlotStorage({ name: "n" }).name, mode.options ? "n" : undefined);
  assert.equal(new SlotStorage({ defaultValue: "d" }).getStore(), mode.options ? "d" : undefined);
});

test("a wrong argument fails as it does in Node", () => {
  for (const options of [null, 1, "x", true, Symbol("s"), () => {}, []]) {
    assertSame((Class) => typeof new Class(options), String(options?.constructor?.name));
  }
  assertSame((Class) => typeof new Class({ name: Symbol("s") }), "a name that is no string");
});

test("an entered undefined hides the default, as does the end of a run with async_hooks", () => {
  const seen = assertSame((Class) => {
    // Made and read in one resource: with async_hooks a default shows where the resource is older than the storage.
    return new AsyncResource("test").runInAsyncScope(() => {
      const a = new Class({ defaultValue: "d" });
      const before = a.getStore();
      const inside = a.run(undefined, () => a.getStore());
      a.run("value", () => {});
      const after = a.getStore();
      a.enterWith(undefined);
      return [before, inside, after, a.getStore()];
    });
  }, "defaults");
  const expected = mode.frames ? ["d", undefined, "d", undefined] : ["d", undefined, undefined, undefined];
  assert.deepEqual(seen.returned, mode.options ? expected : [undefined, undefined, undefined, undefined]);
});

test("the default does not show inside a run of its own storage nor after an exit did", () => {
  assertSame((Class) => {
    return new AsyncResource("test").runInAsyncScope(() => {
      const a = new Class({ defaultValue: "d" });
      return a.run("value", () => [a.getStore(), a.exit(() => a.getStore() === "value"), a.getStore()]);
    });
  }, "exit");
});

test("withScope, where Node has it, enters until it is disposed of", () => {
  const seen = assertSame((Class) => {
    return new AsyncResource("test").runInAsyncScope(() => {
      const a = new Class();
      if (a.withScope === undefined) return "none";
      a.enterWith("before");
      const scope = a.withScope("inside");
      const trace = [a.getStore()];
      scope[Symbol.dispose]();
      trace.push(a.getStore());
      a.enterWith("later");
      scope.dispose();
      return [...trace, a.getStore()];
    });
  }, "withScope");
  const expected = "withScope" in AsyncLocalStorage.prototype ? ["inside", "before", "later"] : "none";
  assert.deepEqual(seen.returned, expected);
});

test("a subclass adds methods, overrides them and calls the ones it overrides", async () => {
  for (const Base of CLASSES) {
    class Counting extends Base {
      /** own field: initialised after the constructor of the base */
      entered = 0;
      run(store, fn, ...args) {
        this.entered++;
        return super.run({ wrapped: store }, fn, ...args);
      }
      current() {
        return this.getStore()?.wrapped;
      }
    }
    const counting = new Counting();
    const seen = await counting.run(
      1,
      async (argument) => {
        await null;
        return [counting.current(), counting.entered, argument];
      },
      "argument",
    );
    assert.deepEqual(seen, [1, 1, "argument"], Base.name);
    assert.ok(counting instanceof AsyncLocalStorage && counting instanceof Counting);
    assert.equal(counting.current(), undefined);
  }
});

test("what Node builds on getStore and enterWith goes through a subclass that overrides them", () => {
  assertSame((Class) => {
    const calls = [];
    class Watched extends Class {
      getStore() {
        calls.push("getStore");
        return super.getStore();
      }
      enterWith(store) {
        calls.push(`enterWith ${store}`);
        return super.enterWith(store);
      }
    }
    return new AsyncResource("test").runInAsyncScope(() => {
      const watched = new Watched();
      watched.withScope?.("inside").dispose();
      return calls;
    });
  }, "overridden methods");
});

test("exit goes through an overridden run exactly where Node's does", () => {
  assertSame((Class) => {
    let runs = 0;
    class Watched extends Class {
      run(...args) {
        runs++;
        return super.run(...args);
      }
    }
    const watched = new Watched();
    watched.run(1, () => watched.exit(() => {}));
    return runs;
  }, "exit");
});

test("a bound function keeps its length, its this and its arguments", () => {
  const functions = [
    function zero() {
      return [this, ...arguments];
    },
    function one(_a) {
      return [this, ...arguments];
    },
    function two(_a, _b) {
      return [this, ...arguments];
    },
    function three(_a, _b, _c) {
      return [this, ...arguments];
    },
    function four(_a, _b, _c, _d) {
      return [this, ...arguments];
    },
    function five(_a, _b, _c, _d, _e) {
      return [this, ...arguments];
    },
    (_a, _b = 1, ..._rest) => [_a, _b, ..._rest],
  ];
  for (const fn of functions) {
    assertSame((Class) => {
      const bound = Class.bind(fn);
      const self = { self: true };
      return [bound.length, bound(), bound(1), bound.call(self, 1, 2), bound.apply(self, [1, 2, 3, 4, 5, 6, 7])];
    }, fn.name);
  }
});

test("binding what is no function fails as it does in Node", () => {
  for (const fn of [undefined, null, 1, "x", {}, []]) assertSame((Class) => Class.bind(fn), String(fn));
});

test("a snapshot calls with the arguments and gives back the result", () => {
  assertSame((Class) => {
    const held = Class.snapshot();
    return [held.length, held((...args) => args, 1, undefined, 3), held(() => "result")];
  }, "snapshot");
  assertSame((Class) => Class.snapshot()("no function"), "no function");
});

test("Node's own class is not the one that is tested", () => {
  assert.equal(AsyncLocalStorage, nodeHooks.AsyncLocalStorage);
  assert.notEqual(SlotStorage, nodeHooks.AsyncLocalStorage);
});
