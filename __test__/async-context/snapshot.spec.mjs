import assert from "node:assert/strict";
import { AsyncResource } from "node:async_hooks";
import { afterEach, describe, test } from "node:test";
import { entry } from "../../js/async-context/entry.js";
import { mode, nodeHooks } from "../../js/async-context/node-hooks.js";
import { SlotStorage } from "../../js/async-context/slot-storage.js";

// `bind` and `snapshot` have another implementation where every storage of the process is a slot, and a third where
// resources are watched. Callers see the same in all of them.
const STATES = {
  "beside foreign storages": { allSlots: false, watched: false },
  "where every storage is a slot": { allSlots: true, watched: false },
  "where every storage is a slot and resources are watched": { allSlots: true, watched: true },
};

const [a, b] = [new SlotStorage(), new SlotStorage()];
const both = () => [a.getStore(), b.getStore()];
const inside = (x, y, fn) => a.run(x, () => b.run(y, fn));

afterEach(() => entry.configure({ allSlots: false, watched: false }));

for (const [name, state] of Object.entries(STATES)) {
  describe(name, () => {
    const check = (title, fn) =>
      test(title, () => {
        entry.configure(state);
        // A resource of its own, so that what is entered ends with the test.
        return new AsyncResource("test").runInAsyncScope(fn);
      });

    check("a snapshot brings the whole scope back, and leaves the caller's as it was", () => {
      const held = inside("a", "b", () => SlotStorage.snapshot());
      const outermost = SlotStorage.snapshot();
      assert.deepEqual(held(both), ["a", "b"]);
      assert.deepEqual(both(), [undefined, undefined]);
      inside("other", undefined, () => {
        assert.deepEqual(held(both), ["a", "b"]);
        assert.deepEqual(outermost(both), [undefined, undefined]);
        assert.deepEqual(both(), ["other", undefined]);
        assert.deepEqual(
          held(() => outermost(() => held(both))),
          ["a", "b"],
        );
      });
    });

    check("what is entered inside a snapshot does not come out of it", () => {
      const held = a.run("a", () => SlotStorage.snapshot());
      held(() => {
        a.enterWith("entered");
        b.enterWith("entered");
      });
      assert.deepEqual(both(), [undefined, undefined]);
    });

    check("what was entered inside shows at the next call with async_hooks, and does not with frames", () => {
      for (const [Class, storage] of [
        [nodeHooks.AsyncLocalStorage, new nodeHooks.AsyncLocalStorage()],
        [SlotStorage, a],
      ]) {
        const expected = mode.frames ? "held" : "entered";
        const [held, bound] = storage.run("held", () => [Class.snapshot(), Class.bind((fn) => fn())]);
        for (const resume of [held, bound]) {
          resume(() => storage.enterWith("entered"));
          assert.equal(
            resume(() => storage.getStore()),
            expected,
            Class.name,
          );
        }
      }
    });

    check("what is entered inside stays out of the resource that the snapshot is called in", () => {
      const resource = new AsyncResource("caller");
      const held = SlotStorage.snapshot();
      resource.runInAsyncScope(() => {
        held(() => {
          a.enterWith("entered");
          assert.equal(
            resource.runInAsyncScope(() => a.getStore()),
            undefined,
          );
          assert.equal(a.getStore(), "entered");
        });
        assert.equal(a.getStore(), undefined);
      });
    });

    check("what is thrown inside comes out, and the caller's scope is there again", () => {
      const error = new Error("thrown inside");
      const fail = () => {
        throw error;
      };
      const [held, bound] = inside("a", "b", () => [SlotStorage.snapshot(), SlotStorage.bind(fail)]);
      inside("x", "y", () => {
        for (const call of [() => held(fail), bound]) {
          assert.throws(call, (caught) => caught === error);
          assert.deepEqual(both(), ["x", "y"]);
        }
      });
    });

    check("what is started inside goes on inside", async () => {
      const held = inside("a", "b", () => SlotStorage.snapshot());
      const later = held(async () => {
        const reads = [both()];
        await null;
        reads.push(both());
        await new Promise((resolve) => void setImmediate(resolve));
        return [...reads, both()];
      });
      assert.deepEqual(await later, Array(3).fill(["a", "b"]));
    });

    check("a run inside a snapshot ends there, and a snapshot inside a run does too", () => {
      const held = inside("a", "b", () => SlotStorage.snapshot());
      held(() => a.run("inner", () => assert.deepEqual(both(), ["inner", "b"])));
      a.run("outer", () => {
        assert.deepEqual(a.run("inner", held, both), ["a", "b"]);
        assert.deepEqual(both(), ["outer", undefined]);
      });
    });

    check("a bound function keeps its length, this, arguments and result", () => {
      const functions = [
        function () {
          return [this, ...arguments, ...both()];
        },
        function (_1) {
          return [this, ...arguments, ...both()];
        },
        function (_1, _2) {
          return [this, ...arguments, ...both()];
        },
        function (_1, _2, _3) {
          return [this, ...arguments, ...both()];
        },
        function (_1, _2, _3, _4) {
          return [this, ...arguments, ...both()];
        },
        function (_1, _2, _3, _4, _5) {
          return [this, ...arguments, ...both()];
        },
      ];
      for (const [length, fn] of functions.entries()) {
        const bound = inside("a", "b", () => SlotStorage.bind(fn));
        assert.equal(bound.length, length);
        const self = { self: true };
        assert.deepEqual(bound(), [undefined, "a", "b"]);
        assert.deepEqual(bound.call(self, undefined), [self, undefined, "a", "b"]);
        assert.deepEqual(bound.call(self, 1, 2, 3, 4, 5, 6), [self, 1, 2, 3, 4, 5, 6, "a", "b"]);
      }
    });

    check("binding what is no function fails at once", () => {
      for (const value of [undefined, null, 1, "x", {}]) {
        assert.throws(() => SlotStorage.bind(value), TypeError);
      }
    });
  });
}

test("what was captured in one state is right in every other", () => {
  const states = Object.values(STATES);
  const captured = states.map((state) => {
    entry.configure(state);
    return inside("a", "b", () => [SlotStorage.snapshot(), SlotStorage.bind((fn) => fn())]);
  });
  for (const state of states) {
    entry.configure(state);
    for (const resume of captured.flat()) {
      a.run("outer", () => {
        assert.deepEqual(resume(both), ["a", "b"]);
        assert.deepEqual(both(), ["outer", undefined]);
      });
    }
  }
});

test("a run that is open while the state changes is left as it was entered", () => {
  const states = Object.values(STATES);
  for (const before of states) {
    for (const after of states) {
      entry.configure(before);
      a.run("outer", () => {
        a.run("inner", () => {
          entry.configure(after);
          b.run("b", () => assert.deepEqual(both(), ["inner", "b"]));
          assert.deepEqual(both(), ["inner", undefined]);
        });
        assert.deepEqual(both(), ["outer", undefined]);
      });
      assert.deepEqual(both(), [undefined, undefined]);
    }
  }
});
