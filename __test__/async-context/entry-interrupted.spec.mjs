import assert from "node:assert/strict";
import { test } from "node:test";
import { mode } from "../../js/async-context/node-hooks.js";
import { evalJson } from "../_support/run.mjs";

// What interrupts an entry leaves every storage as one of Node's own would.

const REGISTER = ["--import", "./js/register.js"];
const CLASSES = /** @type {const} */ ({
  "a slot": { source: 'const { SlotStorage: Storage } = await import("./js/index.js");', flags: [] },
  "a slot under register": {
    source: 'const { AsyncLocalStorage: Storage } = await import("node:async_hooks");',
    flags: REGISTER,
  },
});
const STOCK = 'const { AsyncLocalStorage: Storage } = await import("node:async_hooks");';

for (const [name, { source, flags }] of Object.entries(CLASSES)) {
  test(`${name}: a stack overflow anywhere in an entry changes no storage`, async () => {
    const found = await evalJson(
      `${source}
      const [a, b, c] = [new Storage(), new Storage(), new Storage()];
      const snapshot = b.run("other", () => c.run("other", () => Storage.snapshot()));
      const entries = {
        run: (again) => a.run({}, again),
        exit: (again) => a.run({}, () => a.exit(again)),
        // Without register a snapshot is Node's own, and under async_hooks an overflow in one ends Node 22.
        ${mode.frames && flags.length > 0 ? "snapshot: (again) => snapshot(again)," : ""}
        "run with arguments": (again) => a.run({}, (x) => again(x), 1),
      };
      const lost = {};
      // From a callback: where Node's stack of ids were left wrong, it would end the process after it.
      for (const [name, enter] of Object.entries(entries)) {
        await new Promise((resolve) => setTimeout(resolve));
        lost[name] = 0;
        const deep = () => enter(deep);
        const shifted = () => deep();
        for (let place = 0; place < 500; place++) {
          b.run("B", () => c.run("C", () => {
            // The arguments move the place of the overflow.
            try { shifted(...Array(place)); } catch (error) { if (!(error instanceof RangeError)) throw error; }
            if (b.getStore() !== "B" || c.getStore() !== "C" || a.getStore() !== undefined) lost[name]++;
          }));
          if (b.getStore() !== undefined || c.getStore() !== undefined) lost[name]++;
        }
      }
      await new Promise((resolve) => setTimeout(resolve));
      console.log(JSON.stringify(lost));`,
      { flags: [...flags] },
    );
    for (const [entry, lost] of Object.entries(found)) assert.equal(lost, 0, entry);
  });

  test(`${name}: nested runs fit into the stack as deep as Node's, but for a fifth`, async () => {
    const depth = (/** @type {string} */ make, /** @type {readonly string[]} */ flags) =>
      evalJson(
        `${make}
        const storage = new Storage();
        let deepest = 0;
        const nest = (level) => { deepest = level; storage.run(level, () => nest(level + 1)); };
        try { nest(1); } catch {}
        console.log(deepest);`,
        { flags: [...flags] },
      );
    const [stock, slots] = await Promise.all([depth(STOCK, []), depth(source, flags)]);
    assert.ok(slots >= 0.8 * stock, `${slots} levels, Node's fit ${stock}`);
  });

  test(`${name}: where a time limit ends code inside a run, storages read as Node's do and the process goes on`, async () => {
    const program = (/** @type {string} */ make) => `${make}
      import vm from "node:vm";
      const [a, b] = [new Storage(), new Storage()];
      const reads = [];
      const read = () => reads.push([a.getStore() ?? null, b.getStore() ?? null]);
      setTimeout(() => {
        b.run("B", () => {
          const forever = () => a.run("A", () => b.run("inner", () => { for (;;); }));
          try { vm.runInNewContext("forever()", { forever }, { timeout: 100 }); } catch (error) { reads.push(error.code); }
          read();
          a.run("again", read);
        });
        read();
        setTimeout(() => { read(); console.log(JSON.stringify(reads)); }, 5);
      });`;
    const [stock, slots] = await Promise.all([
      evalJson(program(STOCK)),
      evalJson(program(source), { flags: [...flags] }),
    ]);
    assert.equal(stock[0], "ERR_SCRIPT_EXECUTION_TIMEOUT");
    assert.deepEqual(slots, stock);
  });

  test(`${name}: methods that a subclass or a profiler puts in place are called as Node's run calls them`, async () => {
    const program = (/** @type {string} */ make) => `${make}
      const calls = [];
      class Own extends Storage {
        getStore() { calls.push("own getStore"); return super.getStore(); }
        enterWith(value) { calls.push("own enterWith " + value); super.enterWith(value); }
      }
      const hooked = new Storage();
      const { enterWith } = hooked;
      hooked.enterWith = function (value) { calls.push("hooked " + value); return enterWith.call(this, value); };
      const plain = new Storage();
      for (const storage of [new Own(), hooked, plain]) {
        calls.push("run");
        storage.run(1, () => storage.run(1, () => storage.run(2, () => calls.push("in " + storage.getStore()))));
        calls.push("exit");
        storage.run(3, () => storage.exit(() => calls.push("out " + storage.getStore())));
        try { storage.run(4, () => { throw new Error(); }); } catch {}
        calls.push("after " + storage.getStore());
      }
      const { enterWith: original } = Storage.prototype;
      Storage.prototype.enterWith = function (value) { calls.push("prototype " + value); return original.call(this, value); };
      plain.run(5, () => calls.push("in " + plain.getStore()));
      console.log(JSON.stringify(calls));`;
    const [stock, slots] = await Promise.all([
      evalJson(program(STOCK)),
      evalJson(program(source), { flags: [...flags] }),
    ]);
    assert.deepEqual(slots, stock);
  });
}

test("a process that loads onescope and uses no storage pays for none", async () => {
  const load = (/** @type {string} */ before) =>
    evalJson(`
      import { executionAsyncId } from "node:async_hooks";
      ${before}
      // A promise's callback has an id of its own only while something watches promises.
      console.log(await new Promise((resolve) => setTimeout(() => Promise.resolve().then(() => resolve(executionAsyncId())))));
    `);
  const [stock, core, inspect, register, used] = await Promise.all([
    load(""),
    load('await import("./js/index.js");'),
    load('await import("./js/inspect.js");'),
    load('await import("./js/register.js");'),
    load('import { createHook } from "node:async_hooks"; createHook({ init() {} }).enable();'),
  ]);
  assert.deepEqual({ core, inspect, register }, { core: stock, inspect: stock, register: stock });
  assert.notEqual(used, stock, "a hook would show");
});
