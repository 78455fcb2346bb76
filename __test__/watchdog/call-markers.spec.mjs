import assert from "node:assert/strict";
import childProcess from "node:child_process";
import crypto from "node:crypto";
import fs, { existsSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { test } from "node:test";
import { types } from "node:util";
import zlib from "node:zlib";
import { LAYOUT } from "../../js/generated/slot-table.js";
import { backend, store } from "../../js/index.js";
import { watch } from "../../js/inspect.js";
import { threadBlock } from "../../js/store/records.js";
import { BLOCKING, CALLS } from "../../js/watchdog/blocking-calls.js";
import { createRequestContext, runWithRequestContext } from "../../shims/unified-request-context.js";
import { codeOf } from "../_support/code-of.mjs";

const skip = backend !== "native";
const { call, callLow, callHigh } = LAYOUT.block;

/** What the thread's block says of the call that it is in. */
function marker() {
  const block = threadBlock();
  const id = block[callHigh] * 2 ** 32 + block[callLow];
  return block[call] === 0 ? undefined : { call: CALLS[block[call] - 1], id };
}

/** Calls `fn` while a watch is on. */
function watched(fn) {
  const watching = watch({ stacks: false });
  try {
    return fn();
  } finally {
    watching.stop();
  }
}

test("every function of Node's that says it is synchronous is in the table", () => {
  // This one only changes what other functions show.
  const missing = Object.entries({ fs, child_process: childProcess, crypto, zlib }).flatMap(([owner, module]) =>
    Object.keys(module)
      .filter((name) => name.endsWith("Sync") && !name.startsWith("_") && typeof module[name] === "function")
      .filter((name) => !BLOCKING[owner].includes(name))
      .map((name) => `${owner}.${name}`),
  );
  assert.deepEqual(missing, []);
});

test("a blocking call shows itself and its request until it is over", { skip }, (t) => {
  const seen = [];
  // Below the marker, so it runs inside.
  t.mock.method(fs, "statSync", () => {
    seen.push(marker());
    fs.existsSync("/");
    seen.push(marker());
  });
  const context = createRequestContext();
  watched(() => {
    runWithRequestContext(context, () => fs.statSync("/"));
    fs.statSync("/");
    assert.equal(marker(), undefined);
  });
  fs.statSync("/");
  const inside = { call: "fs.statSync", id: store.id(context) };
  const outside = { call: "fs.statSync", id: 0 };
  assert.deepEqual(seen, [inside, inside, outside, outside, undefined, undefined]);
});

test("a marked function is the same in all else", { skip }, (t) => {
  const self = {};
  t.mock.method(fs, "accessSync", function (...args) {
    assert.equal(this, self);
    throw new Error(args.join());
  });
  const before = { ...fs };
  watched(() => {
    assert.notEqual(fs.realpathSync, before.realpathSync);
    assert.equal(fs.realpathSync.native, before.realpathSync.native);
    for (const name of BLOCKING.fs.filter((name) => before[name] !== undefined)) {
      assert.deepEqual([fs[name].name, fs[name].length], [before[name].name, before[name].length]);
      const { value, ...rest } = Object.getOwnPropertyDescriptor(fs, name);
      assert.equal(types.isProxy(value), false);
      assert.deepEqual(rest, { writable: true, enumerable: true, configurable: true });
    }
    assert.equal(
      codeOf(() => fs.accessSync.call(self, 1, 2)),
      "Error: 1,2",
    );
    assert.equal(marker(), undefined);
    assert.equal(
      codeOf(() => fs.readFileSync("/does/not/exist")),
      "ENOENT",
    );
    assert.equal(existsSync, fs.existsSync, "what is imported by name is marked too");
    assert.equal(Object.getOwnPropertyDescriptor(Atomics, "wait").enumerable, false);
  });
  for (const name of BLOCKING.fs) assert.equal(fs[name], before[name]);
  assert.equal(existsSync, before.existsSync);
});

test("a wrapper around a marker stays, and no marker comes twice", { skip }, (t) => {
  const { mkdtempSync: original } = fs;
  t.after(() => {
    fs.mkdtempSync = original;
    syncBuiltinESMExports();
  });
  let inner;
  const seen = [];
  const top = () => {
    seen.push(marker()?.call);
    codeOf(() => inner("/does/not/exist/"));
  };
  watched(() => {
    inner = fs.mkdtempSync;
    fs.mkdtempSync = top;
  });
  assert.equal(fs.mkdtempSync, top);
  fs.mkdtempSync();
  watched(() => {
    assert.equal(fs.mkdtempSync, top);
    fs.mkdtempSync();
  });
  fs.mkdtempSync = inner;
  watched(() => {});
  assert.equal(fs.mkdtempSync, original, "once nothing is on top, it can go");
  assert.deepEqual(seen, [undefined, undefined]);
});
