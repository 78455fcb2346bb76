import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { replaceableModules } from "../../js/vite/check.js";
import { CORE, REIMPLEMENTED, STATE } from "../../js/vite/modules.js";
import { stockFile } from "../_support/stock.mjs";

const { parseAst } = await import("../../examples/vinext-app/node_modules/rolldown/dist/parse-ast-index.mjs");

/**
 * Checks a vinext that has some of the real one's modules.
 *
 * @param {import("node:test").TestContext} t
 * @param {string[]} present
 * @param {Record<string, string>} [others] texts of modules that differ, by path below `dist/shims`
 */
async function resultOf(t, present, others = {}) {
  const dist = mkdtempSync(join(tmpdir(), "onescope-dist-"));
  t.after(() => rmSync(dist, { recursive: true, force: true }));
  const shims = join(dist, "shims");
  const place = (/** @type {string} */ name) => {
    const path = join(shims, `${name}.js`);
    mkdirSync(dirname(path), { recursive: true });
    return path;
  };
  for (const path of Object.values(REIMPLEMENTED).flat()) cpSync(stockFile(`${path}.js`), place(`../${path}`));
  for (const name of present) cpSync(stockFile(`shims/${name}.js`), place(name));
  for (const [name, code] of Object.entries(others)) writeFileSync(place(name), code);
  /** @type {string[]} */
  const warnings = [];
  const warn = (/** @type {string} */ text) => warnings.push(text);
  const context = { parse: parseAst, environment: { logger: { warn } } };
  const first = await replaceableModules(context, shims);
  assert.equal(await replaceableModules(context, shims), first, "a second call returns the same, without warnings");
  return { replaced: [...first], warnings };
}

test("of the vinext that is known all is replaced, without a word", async (t) => {
  const { replaced, warnings } = await resultOf(t, [...CORE, ...STATE]);
  assert.deepEqual(replaced, [...CORE, ...STATE]);
  assert.deepEqual(warnings, []);
});

for (const missing of CORE) {
  test(`without ${missing} the other core module is replaced and no state module`, async (t) => {
    const rest = CORE.filter((name) => name !== missing);
    const { replaced, warnings } = await resultOf(t, [...rest, ...STATE]);
    assert.deepEqual(replaced, rest);
    assert.equal(warnings.length, 1);
    assert.ok(warnings[0].includes(`${missing}.js is missing`), warnings[0]);
  });
}

test("a state module that is missing is no difference", async (t) => {
  const { replaced, warnings } = await resultOf(t, [...CORE, ...STATE.slice(1)]);
  assert.deepEqual(replaced, [...CORE, ...STATE.slice(1)]);
  assert.deepEqual(warnings, []);
});

test("one warning names everything that differs", async (t) => {
  const code = "export const unheard = 1;\n";
  const { replaced, warnings } = await resultOf(t, [], Object.fromEntries([...CORE, ...STATE].map((n) => [n, code])));
  assert.deepEqual(replaced, []);
  assert.equal(warnings.length, 1);
  for (const name of [...CORE, ...STATE]) assert.ok(warnings[0].includes(`${name}.js `), name);
});

for (const [name, paths] of Object.entries(REIMPLEMENTED)) {
  for (const path of paths) {
    test(`${name} stays vinext's where ${path}, which ours has anew, differs`, async (t) => {
      const { replaced, warnings } = await resultOf(t, [...CORE, ...STATE], { [`../${path}`]: "export {};\n" });
      assert.deepEqual(
        replaced,
        [...CORE, ...STATE].filter((each) => each !== name),
      );
      assert.equal(warnings.length, 1);
      assert.ok(warnings[0].includes(`${name}.js differs`), warnings[0]);
    });
  }
}
