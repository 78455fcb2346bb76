import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { LAYOUT } from "../js/generated/slot-table.js";
import { ROOT, runNode } from "./_support/run.mjs";

// Another version of the package in the same process: a copy with another cell layout, as a nested `node_modules` holds it.

const other = mkdtempSync(join(tmpdir(), "onescope-copy-"));
after(() => rmSync(other, { recursive: true, force: true }));
for (const name of ["js", "shims", "package.json"]) cpSync(join(ROOT, name), join(other, name), { recursive: true });
const table = join(other, "js/generated/slot-table.js");
writeFileSync(table, readFileSync(table, "utf8").replace(LAYOUT.hash, "0123456789abcdef"));

const HOMES = { first: pathToFileURL(ROOT).href, second: pathToFileURL(`${other}/`).href };

/** Loads the copies in an order, enters everything in everything, and prints which way each took. */
const program = (/** @type {string[]} */ loads) => `
  import assert from "node:assert/strict";
  import hooks from "node:async_hooks";
  const homes = ${JSON.stringify(HOMES)};
  const real = new hooks.AsyncLocalStorage();
  for (const load of ${JSON.stringify(loads)}) await import(homes[load.split(" ")[0]] + "js/" + load.split(" ")[1] + ".js");
  const sides = {};
  for (const [name, home] of Object.entries(homes)) {
    const { SlotStorage } = await import(home + "js/index.js");
    const { ways } = await import(home + "js/scope/ways.js");
    const { one } = await import(home + "js/scope/one.js");
    const { requestStorage } = await import(home + "js/context/current.js");
    const vinext = await import(home + "shims/unified-request-context.js");
    sides[name] = { SlotStorage, ways, one, requestStorage, vinext };
  }
  const { first, second } = sides;
  assert.notEqual(first.one, second.one);
  assert.notEqual(first.requestStorage, second.requestStorage);
  const storages = [real, new hooks.AsyncLocalStorage(), new first.SlotStorage(), new second.SlotStorage()];
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
  const [a, b] = [first.vinext, second.vinext];
  const [one, two] = [a.createRequestContext(), b.createRequestContext()];
  a.runWithRequestContext(one, () => {
    assert.equal(a.getRequestContext(), one);
    assert.notEqual(b.getRequestContext(), one);
    b.runWithRequestContext(two, () => {
      assert.equal(a.getRequestContext(), one);
      assert.equal(b.getRequestContext(), two);
    });
  });
  console.log(JSON.stringify({ ways: [first.ways.name, second.ways.name], sealed: [first.ways.sealed, second.ways.sealed],
    slots: ["first", "second"].find((name) => sides[name].SlotStorage === hooks.AsyncLocalStorage) ?? null }));`;

for (const [loads, slots] of /** @type {[string[], string | null][]} */ ([
  [["first index", "second index"], null],
  [["first register"], "first"],
  [["first register", "second register"], "first"],
  [["second index", "first register"], "first"],
  [["first index", "second register", "first register"], "second"],
])) {
  test(`copies with different layouts share nothing: ${loads.join(", ")}`, async () => {
    const env = { ONESCOPE_BACKEND: "js" };
    const { code, stdout, stderr } = await runNode(["--input-type=module", "--eval", program(loads)], { env });
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), { ways: ["plain", "plain"], sealed: [false, false], slots });
    assert.equal(stderr.split("npm dedupe").length, 2, stderr);
  });
}
