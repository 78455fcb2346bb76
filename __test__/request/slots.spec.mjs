import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { registerSlot, store } from "../../js/index.js";
import {
  createRequestContext,
  getRequestContext,
  runWithRequestContext,
  runWithUnifiedStateMutation,
} from "../../shims/unified-request-context.js";
import { codeOf } from "../_support/code-of.mjs";
import { STOCK } from "../_support/stock.mjs";

const stock = await import(STOCK);

const inRequest = (fn) => runWithRequestContext(createRequestContext(), fn);
const inChildContext = (fn) => runWithUnifiedStateMutation(() => {}, fn);

/** Slots of every kind that a request can hold as a single value: spec, first value, other values. */
const SINGLE = [
  [{ kind: "value" }, undefined, { any: 1 }, null],
  [{ kind: "value", default: "first" }, "first", undefined, "other"],
  [{ kind: "flag" }, false, true, false],
  [{ kind: "flag", default: true }, true, false, true],
  [{ kind: "enum", variants: ["a", "b", 3] }, "a", 3, "b"],
  [{ kind: "enum", variants: ["a", "b"], default: "b" }, "b", "a", "b"],
  [{ kind: "counter", default: 10 }, 10, 12, 2 ** 31 - 1],
];
/** A slot of requests. Native fields are few, counters above all, so the tests share them. */
const requestSlot = (spec, inChild = "inherit") =>
  registerSlot(`${inChild} ${JSON.stringify(spec)}`, { ...spec, lifetime: "request", inChild });

const LAZY = { array: Array, set: Set, "weak map": WeakMap };

/** The same slot in a context of ours and in a plain one, as vinext's own module makes it. */
const MAKERS = { "a request": createRequestContext, "a request that vinext made": stock.createRequestContext };

for (const [spec, first, second, third] of SINGLE) {
  const name = JSON.stringify(spec);

  test(`of a request: ${name} starts at its default and holds what is set`, async () => {
    const slot = requestSlot(spec);
    assert.deepEqual(slot.get(), first, "outside a request");
    assert.equal(
      codeOf(() => slot.set(second)),
      "ERR_ONESCOPE_NO_CONTEXT",
    );
    for (const make of Object.values(MAKERS)) {
      await runWithRequestContext(make(), async () => {
        assert.equal(slot.get(), first);
        for (const value of [second, third]) {
          slot.set(value);
          await null;
          assert.equal(slot.get(), value);
        }
      });
      runWithRequestContext(make(), () => assert.equal(slot.get(), first, "another request"));
    }
  });

  for (const [maker, make] of Object.entries(MAKERS)) {
    test(`in a child of ${maker}: ${name} is inherited or reset, and then each is independent`, () => {
      for (const inChild of ["inherit", "reset"]) {
        const slot = requestSlot(spec, inChild);
        runWithRequestContext(make(), () => {
          slot.set(second);
          inChildContext(() => {
            assert.equal(slot.get(), inChild === "inherit" ? second : first, inChild);
            slot.set(third);
            inChildContext(() => assert.equal(slot.get(), inChild === "inherit" ? third : first, inChild));
          });
          assert.equal(slot.get(), second);
        });
      }
    });
  }

  test(`of a scope: ${name} holds what the innermost run says`, async () => {
    const slot = registerSlot(`scope ${name}`, spec);
    assert.equal(slot.get(), first);
    const result = await slot.run(second, async () => {
      assert.equal(slot.get(), second);
      await slot.run(third, async () => {
        await null;
        assert.equal(slot.get(), third);
      });
      await null;
      assert.equal(slot.get(), second);
      return "result";
    });
    assert.deepEqual([result, slot.get()], ["result", first]);
  });
}

for (const [what, Class] of Object.entries(LAZY)) {
  const spec = { kind: "lazy", lifetime: "request", make: () => new Class() };

  test(`a lazy ${what} is made at first touch, one per request`, () => {
    const slot = registerSlot(`lazy ${what}`, spec);
    assert.equal(slot.get(), undefined, "outside a request");
    for (const make of Object.values(MAKERS)) {
      const made = runWithRequestContext(make(), () => {
        const value = slot.get();
        assert.equal(value.constructor, Class);
        assert.equal(slot.get(), value);
        const replacement = new Class();
        slot.set(replacement);
        assert.equal(slot.get(), replacement);
        return value;
      });
      runWithRequestContext(make(), () => assert.notEqual(slot.get(), made));
    }
  });

  for (const [maker, make] of Object.entries(MAKERS)) {
    test(`a lazy ${what} of ${maker} is shared with its child contexts, whichever touches it first`, () => {
      for (const first of ["parent", "child", "grandchild"]) {
        const slot = registerSlot(`shared ${what}`, spec);
        runWithRequestContext(make(), () => {
          const touch = (whose) => (whose === first ? [slot.get()] : []);
          const seen = touch("parent");
          inChildContext(() => {
            seen.push(...touch("child"));
            inChildContext(() => seen.push(...touch("grandchild"), slot.get()));
            seen.push(slot.get());
          });
          seen.push(slot.get());
          for (const value of seen) assert.equal(value, seen[0], first);
        });
      }
    });

    test(`a lazy ${what} of ${maker} that was replaced stays with its own context`, () => {
      const slot = registerSlot(`shared ${what}`, spec);
      runWithRequestContext(make(), () => {
        const old = slot.get();
        inChildContext(() => {
          slot.set(new Class());
          assert.notEqual(slot.get(), old);
        });
        assert.equal(slot.get(), old);
      });
    });
  }

  test(`a lazy ${what} that is reset in a child context is made anew in each`, () => {
    const slot = registerSlot(`reset ${what}`, { ...spec, inChild: "reset" });
    inRequest(() => {
      const own = slot.get();
      const inside = inChildContext(() => {
        const value = slot.get();
        assert.equal(slot.get(), value);
        return value;
      });
      assert.notEqual(inside, own);
      assert.equal(slot.get(), own);
    });
  });
}

test("concurrent requests do not see each other's values", async () => {
  const slots = [{ kind: "value" }, { kind: "counter", default: 10 }].map((spec) => requestSlot(spec));
  const list = registerSlot("isolated list", { kind: "lazy", lifetime: "request", make: () => [] });
  const scope = registerSlot("isolated scope");
  const serve = (number) =>
    inRequest(() =>
      scope.run(number, async () => {
        for (const slot of slots) slot.set(number);
        for (let step = 0; step < 5; step++) {
          await setTimeout((number * 7 + step) % 5);
          list.get().push(number);
        }
        const children = await inChildContext(async () => {
          await null;
          return slots.map((slot) => slot.get());
        });
        return [children, slots.map((slot) => slot.get()), scope.get(), list.get()];
      }),
    );
  const numbers = Array.from({ length: 50 }, (_, number) => number + 10);
  const results = await Promise.all(numbers.map(serve));
  const same = (number, length) => new Array(length).fill(number);
  assert.deepEqual(
    results,
    numbers.map((number) => [same(number, 2), same(number, 2), number, same(number, 5)]),
  );
  assert.equal(scope.get(), undefined);
});

test("a native slot's value is in the store, one that JavaScript holds is not", () => {
  const flag = registerSlot("stored flag", { kind: "flag", lifetime: "request" });
  const value = registerSlot("stored value", { kind: "value", lifetime: "request" });
  inRequest(() => {
    flag.set(true);
    value.set(true);
    const contextId = store.id(getRequestContext());
    assert.equal(store.read(contextId, flag.id), true);
    assert.equal(
      codeOf(() => store.read(contextId, value.id)),
      "ERR_ONESCOPE_SLOT_KIND",
    );
  });
});

test("setting what the kind does not have is an error and changes nothing", () => {
  for (const [spec, ...values] of [
    [{ kind: "flag" }, 1, "true", null, undefined, {}, Symbol("value")],
    [{ kind: "enum", variants: ["a", "b", 3] }, "c", "A", 1, null, undefined],
    [{ kind: "counter", default: 10 }, -1, 9, 10.5, 2 ** 31, "11", Number.NaN, null, undefined, 11n],
  ]) {
    const slot = requestSlot(spec);
    for (const make of Object.values(MAKERS)) {
      runWithRequestContext(make(), () => {
        const first = slot.get();
        for (const value of values) {
          assert.equal(
            codeOf(() => slot.set(value)),
            "ERR_ONESCOPE_SLOT_KIND",
            `${spec.kind}: ${String(value)}`,
          );
        }
        assert.equal(slot.get(), first);
      });
    }
  }
});

test("the error for a missing request says which slot, and what to do", () => {
  const slot = registerSlot("lonely", { kind: "flag", lifetime: "request" });
  assert.throws(() => slot.set(true), { code: "ERR_ONESCOPE_NO_CONTEXT", message: /"lonely".*runWithRequestContext/ });
});

test("a key has one slot, which has its name and id", () => {
  const spec = { kind: "flag", lifetime: "request", default: true };
  const slot = registerSlot("once", spec);
  assert.equal(registerSlot("once", { ...spec }), slot);
  assert.equal(slot.key, "once");
  assert.equal(store.slots()[slot.id - 1].key, "once");
  assert.notEqual(registerSlot("twice", spec), slot);
  assert.equal(registerSlot("scope once"), registerSlot("scope once", { kind: "value", lifetime: "scope" }));
});

test("a built-in field is reached by its slot too", () => {
  const phase = store.slots().find(({ key }) => key === "phase");
  const slot = registerSlot("phase", { kind: "enum", variants: phase.variants, lifetime: "request" });
  inRequest(() => {
    slot.set("action");
    assert.equal(getRequestContext().phase, "action");
  });
});

test("a request's values are gone with it, a scope's with its call", async () => {
  const request = registerSlot("gone request", { kind: "value", lifetime: "request" });
  const scope = registerSlot("gone scope");
  const context = createRequestContext();
  await runWithRequestContext(context, () =>
    scope.run("scope", async () => {
      request.set("request");
      await null;
    }),
  );
  assert.deepEqual([request.get(), scope.get()], [undefined, undefined]);
  runWithRequestContext(context, () => assert.deepEqual([request.get(), scope.get()], ["request", undefined]));
});

test("an undefined that a scope slot was run with is a value, and hides the default", () => {
  const slot = registerSlot("undefined.in.scope", { kind: "value", default: "given" });
  assert.equal(slot.get(), "given");
  slot.run(undefined, () => assert.equal(slot.get(), undefined));
  assert.equal(slot.get(), "given");
});

test("a lazy slot makes its object at first touch, one for a request and its child contexts", () => {
  let made = 0;
  const slot = registerSlot("lazily.made", {
    kind: "lazy",
    lifetime: "request",
    make: () => ({ number: ++made }),
  });
  assert.equal(slot.get(), undefined);
  runWithRequestContext(createRequestContext(), () => {
    const ofChild = runWithUnifiedStateMutation(
      () => {},
      () => slot.get(),
    );
    assert.equal(slot.get(), ofChild);
    assert.equal(made, 1);
  });
});

test("a lazy slot without a function that makes its value is an error with a way out", () => {
  for (const make of [undefined, null, [], "make"]) {
    const spec = { kind: "lazy", lifetime: "request", make };
    assert.throws(() => registerSlot("not.made", spec), { code: "ERR_ONESCOPE_OPTION", message: /make .* a function/ });
  }
  assert.ok(!store.slots().some(({ key }) => key === "not.made"));
});

test("the first function that is given for a lazy slot makes its value", () => {
  const spec = { kind: "lazy", lifetime: "request", make: () => ["first"] };
  const slot = registerSlot("made.once", spec);
  assert.equal(registerSlot("made.once", { ...spec, make: () => ["second"] }), slot);
  assert.deepEqual(
    inRequest(() => slot.get()),
    ["first"],
  );
});
