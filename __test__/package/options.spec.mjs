import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { registerSlot, store } from "onescope";
import { inFlight, label, leaks, record, runTask, serve, trackRequests, watch } from "../../js/inspect.js";
import { instrument } from "../../js/opentelemetry.js";
import { codeOf } from "../_support/code-of.mjs";

const fail = () => {
  throw new TypeError("not to be read");
};

const CALLS = { trackRequests, watch, serve, record, inFlight, leaks, instrument, "store.contexts": store.contexts };

/** What is no object of options, or cannot be read as one. */
const BAD = {
  null: null,
  number: 5,
  text: "x",
  array: [],
  symbol: Symbol("x"),
  function: fail,
  revoked: (() => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  })(),
  proxy: new Proxy({ a: 1 }, { get: fail, ownKeys: fail }),
};

for (const [name, call] of Object.entries(CALLS)) {
  test(`${name}() refuses options that are no object with a code`, () => {
    for (const [what, options] of Object.entries(BAD)) {
      assert.equal(
        codeOf(() => /** @type {any} */ (call)(options)),
        "ERR_ONESCOPE_OPTION",
        what,
      );
    }
  });
}

test("a text of any length is refused with a short message", () => {
  const long = "\0".repeat(2 ** 20);
  for (const call of [
    () => watch({ thresholdMs: /** @type {any} */ (long) }),
    () => serve({ host: long }),
    () => record(/** @type {any} */ ({ [long]: 1 })),
  ]) {
    assert.throws(call, ({ code, message }) => code === "ERR_ONESCOPE_OPTION" && message.length < 1000);
  }
});

test("registerSlot() refuses a spec that is no object with a code", () => {
  for (const [what, spec] of Object.entries(BAD)) {
    assert.equal(
      codeOf(() => registerSlot(`bad.${what}`, /** @type {any} */ (spec))),
      "ERR_ONESCOPE_OPTION",
      what,
    );
  }
});

test("a getter that throws is the error's cause", () => {
  const options = Object.defineProperty({}, "thresholdMs", { get: fail, enumerable: true });
  assert.throws(() => watch(options), { code: "ERR_ONESCOPE_OPTION", message: /option thresholdMs of watch\(\)/ });
});

test("runTask() and label() refuse what is no function and no text with a code, and leave nothing in flight", () => {
  const before = inFlight().length;
  for (const fn of [undefined, null, {}, "x"]) {
    assert.equal(
      codeOf(() => runTask("work", /** @type {any} */ (fn))),
      "ERR_ONESCOPE_OPTION",
    );
  }
  for (const text of [undefined, null, Object.create(null), Symbol("x"), { toString: fail }]) {
    assert.equal(
      codeOf(() => label(/** @type {any} */ (text))),
      "ERR_ONESCOPE_SLOT_KIND",
    );
    assert.equal(
      codeOf(() => runTask(/** @type {any} */ (text), () => {})),
      "ERR_ONESCOPE_SLOT_KIND",
    );
  }
  assert.equal(inFlight().length, before);
});

test("work is over once its result is, however that behaves", async () => {
  const open = () => inFlight({ label: "odd result" }).length;
  // biome-ignore lint/suspicious/noThenProperty: what is tried
  const getter = Object.defineProperty({}, "then", { get: fail });
  assert.equal(
    runTask("odd result", () => getter),
    getter,
  );
  assert.equal(open(), 0, "a getter that throws");

  const broken = Object.defineProperty(Promise.resolve(1), "constructor", { get: fail });
  // biome-ignore lint/suspicious/noThenProperty: what is tried
  const throwing = { then: fail };
  const both = {
    // biome-ignore lint/suspicious/noThenProperty: what is tried
    then(/** @type {any} */ resolve, /** @type {any} */ reject) {
      resolve(1);
      reject(new Error("too late"));
      fail();
    },
  };
  await assert.rejects(async () => runTask("odd result", () => broken), TypeError);
  assert.equal(open(), 0, "a promise whose constructor cannot be read");
  await assert.rejects(async () => runTask("odd result", () => throwing), TypeError);
  assert.equal(open(), 0, "a then that throws");
  assert.equal(await runTask("odd result", () => both), 1);
  await setImmediate();
  assert.equal(open(), 0, "a then that settles twice");
});
