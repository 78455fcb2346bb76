import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { LAYOUT } from "../../js/generated/slot-table.js";
import { backend } from "../../js/index.js";
import { ROOT, runNode } from "../_support/run.mjs";

// Another version of the package in the same process: a copy with another record layout, as a nested `node_modules` holds it.

const other = mkdtempSync(join(tmpdir(), "onescope-copy-"));
after(() => rmSync(other, { recursive: true, force: true }));
// An addon of its own, which was built with that layout: the hash names it, and the copy's is this one's.
for (const name of ["js", "shims", "package.json"]) cpSync(join(ROOT, name), join(other, name), { recursive: true });
const table = join(other, "js/generated/slot-table.js");
writeFileSync(table, readFileSync(table, "utf8").replace(LAYOUT.hash, "0123456789abcdef"));
const addon = join(other, "js/store/native/addon.js");
writeFileSync(addon, readFileSync(addon, "utf8").replace("LAYOUT.hash", JSON.stringify(LAYOUT.hash)));

const HOMES = { first: pathToFileURL(ROOT).href, second: pathToFileURL(`${other}/`).href };

/** Loads the copies in an order, enters everything in everything, and prints which entry strategy each uses. */
const program = (/** @type {string[]} */ loads) => `
  import assert from "node:assert/strict";
  import hooks from "node:async_hooks";
  const homes = ${JSON.stringify(HOMES)};
  const early = new hooks.AsyncLocalStorage();
  for (const load of ${JSON.stringify(loads)}) await import(homes[load.split(" ")[0]] + "js/" + load.split(" ")[1] + ".js");
  const copies = {};
  for (const [name, home] of Object.entries(homes)) {
    const { SlotStorage } = await import(home + "js/index.js");
    const { entry } = await import(home + "js/async-context/entry.js");
    const { rootStorage } = await import(home + "js/async-context/root-storage.js");
    const { requestStorage } = await import(home + "js/request/current.js");
    const vinext = await import(home + "shims/unified-request-context.js");
    const { runOutsideRequestScopes: outside } = await import(home + "shims/internal/als-registry.js");
    copies[name] = { outside, SlotStorage, entry, rootStorage, requestStorage, vinext };
  }
  const { first, second } = copies;
  assert.notEqual(first.rootStorage, second.rootStorage);
  assert.notEqual(first.requestStorage, second.requestStorage);
  const storages = [early, new hooks.AsyncLocalStorage(), new first.SlotStorage(), new second.SlotStorage()];
  const read = () => storages.map((storage) => storage.getStore());
  const orders = (items) => items.length < 2 ? [items] :
    items.flatMap((item, at) => orders(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
  let flow = 0;
  const flows = orders([0, 1, 2, 3]).map(async (order) => {
    const id = ++flow;
    const expected = storages.map((_, at) => id + "/" + at);
    const check = () => assert.deepEqual(read(), expected);
    const enter = async (left) => {
      if (left.length > 0) return storages[left[0]].run(expected[left[0]], enter, left.slice(1));
      check();
      await null;
      check();
      for (const Class of [hooks.AsyncLocalStorage, first.SlotStorage, second.SlotStorage]) {
        const resume = Class.snapshot();
        for (const storage of storages) storage.run("inner", () => resume(check));
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
      check();
    };
    await enter(order);
    assert.deepEqual(read(), [undefined, undefined, undefined, undefined]);
  });
  await Promise.all(flows);
  // What is current in one must not be what one-time work of either runs in.
  const [a, b] = [first.vinext, second.vinext];
  const [one, two] = [a.createRequestContext(), b.createRequestContext()];
  a.runWithRequestContext(one, () => {
    assert.equal(a.getRequestContext(), one);
    assert.notEqual(b.getRequestContext(), one);
    b.runWithRequestContext(two, () => {
      assert.equal(a.getRequestContext(), one);
      assert.equal(b.getRequestContext(), two);
      for (const { outside } of [first, second]) outside(() => {
        assert.notEqual(a.getRequestContext(), one);
        assert.notEqual(b.getRequestContext(), two);
      });
    });
  });
  console.log(JSON.stringify({ strategies: [first.entry.strategy, second.entry.strategy], allSlots: [first.entry.allSlots, second.entry.allSlots],
    slots: ["first", "second"].find((name) => copies[name].SlotStorage === hooks.AsyncLocalStorage) ?? null }));`;

const run = (/** @type {string} */ source) => runNode(["--input-type=module", "--eval", source]);

for (const [loads, slots] of /** @type {[string[], string | null][]} */ ([
  [["first index", "second index"], null],
  [["first register"], "first"],
  [["first register", "second register"], "first"],
  [["second index", "first register"], "first"],
  [["first index", "second register", "first register"], "second"],
])) {
  test(`copies with different layouts share nothing: ${loads.join(", ")}`, async () => {
    const { code, stdout, stderr } = await run(program(loads));
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), { strategies: ["plain", "plain"], allSlots: [false, false], slots });
    assert.equal(stderr.split("npm dedupe").length, 2, stderr);
  });
}

test("each of two layouts releases its own requests once they close, also where both have a hook of the host", async () => {
  const { code, stderr } = await run(`
    import assert from "node:assert/strict";
    import { setTimeout as sleep } from "node:timers/promises";
    const host = { waitUntil() {} };
    const requests = [];
    for (const home of ${JSON.stringify(Object.values(HOMES))}) {
      const { releaseOnClose } = await import(home + "js/request/release.js");
      const { close } = await import(home + "js/store/records.js");
      const vinext = await import(home + "shims/unified-request-context.js");
      releaseOnClose();
      const context = vinext.createRequestContext({ executionContext: host, rootParams: { a: 1 } });
      requests.push({ context, close, Values: context.$values.constructor });
    }
    let settle;
    host.waitUntil(new Promise((resolve) => (settle = resolve)));
    for (const { context, close } of requests) close(context, context);
    await sleep(5);
    for (const { context } of requests) assert.deepEqual(context.rootParams, { a: 1 });
    settle();
    await sleep(20);
    for (const { context } of requests) assert.equal(context.rootParams, null);
    assert.notEqual(requests[0].context.$values.constructor, requests[1].context.$values.constructor);`);
  assert.equal(code, 0, stderr);
});

test("a storage that vinext made as a slot of one layout shows requests to both vinext and the other layout", async () => {
  const { code, stderr } = await run(`
    import assert from "node:assert/strict";
    await import(${JSON.stringify(HOMES.first)} + "js/register.js");
    const { AsyncLocalStorage } = await import("node:async_hooks");
    const vinexts = (globalThis[Symbol.for("vinext.unifiedRequestContext.als")] = new AsyncLocalStorage());
    const ours = await import(${JSON.stringify(HOMES.second)} + "shims/unified-request-context.js");
    const context = ours.createRequestContext();
    await ours.runWithRequestContext(context, async () => {
      await null;
      assert.equal(vinexts.getStore(), context);
      assert.equal(ours.getRequestContext(), context);
      ours.runWithUnifiedStateMutation(() => {}, () => assert.equal(vinexts.getStore(), ours.getRequestContext()));
    });
    vinexts.run({ plain: 1 }, () => assert.deepEqual(ours.getRequestContext(), { plain: 1 }));
    assert.equal(vinexts.getStore(), undefined);`);
  assert.equal(code, 0, stderr);
});

test("both layouts watch a blocked thread, and each names its own request", { skip: backend === "js" }, async () => {
  const { code, stderr } = await run(`
    import { setTimeout as sleep } from "node:timers/promises";
    const copies = [];
    for (const home of ${JSON.stringify(Object.values(HOMES))}) copies.push(await import(home + "js/inspect.js"));
    const watches = copies.map(({ watch }) => watch({ thresholdMs: 100 }));
    await sleep(300);
    const spin = () => { for (const end = Date.now() + 1500; Date.now() < end; ); };
    // So that a number of one names nothing of the other's.
    for (let made = 0; made < 600; made++) copies[1].runTask("other", () => {});
    copies[0].runTask("first job", () => copies[1].runTask("second job", spin));
    await sleep(300);
    for (const watch of watches) watch.stop();`);
  assert.equal(code, 0, stderr);
  const lines = stderr.split("\n").filter((line) => line.startsWith("{"));
  const exact = lines.map((line) => JSON.parse(line)).filter(({ confidence }) => confidence === "exact");
  assert.deepEqual(
    [...new Set(exact.map(({ request }) => request?.label))].sort(),
    ["first job", "second job"],
    stderr,
  );
});
