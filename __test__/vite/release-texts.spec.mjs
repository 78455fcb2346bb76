import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { COMPARED, compareTexts, coreDifferences, newUsers, normalize } from "../../scripts/vinext/texts.mjs";
import { stockFile } from "../_support/stock.mjs";

const MODULE = `import { getStore as read, Other } from "./other.js";
const limit = 10;
let total = 0;
function add(amount, { scale } = {}) {
  const scaled = amount * (scale ?? 1);
  if (scaled > limit) throw new RangeError("too much");
  total += scaled;
  return { total, amount: scaled, other: read(Other) };
}
class Counter {
  #count = 0;
  next() {
    return ++this.#count;
  }
}
export { Counter, add, limit as max };`;

const SAME = {
  "comments and white space": MODULE.replaceAll("\n", "\n\n// said\n\t").replace(
    "const scaled",
    "/** Scaled. */ const scaled",
  ),
  "names of variables of the module": MODULE.replaceAll("limit", "a"),
  "names of functions and classes": MODULE.replaceAll(/\badd\b(?=\()/g, "b").replace("add,", "b as add,"),
  "names of parameters and local variables": MODULE.replace("(amount,", "(x,")
    .replace("amount * (scale ?? 1)", "x * (y ?? 1)")
    .replace("{ scale }", "{ scale: y }"),
  "names of imports": MODULE.replace("as read", "as t").replace("read(", "t("),
  "names of private members": MODULE.replaceAll("#count", "#e"),
  "short and long forms of a property": MODULE.replace("{ total,", "{ total: total,"),
  quotes: MODULE.replace('"too much"', "'too much'"),
};

const DIFFERENT = {
  "a number": ["10", "11"],
  "a string": ["too much", "too many"],
  "a default": ["= {}", '= { scale: "" }'],
  "an operator": [">", ">="],
  "another operator": ["??", "||"],
  "an assignment": ["+=", "-="],
  "the name of a property": ["amount: scaled", "value: scaled"],
  "the name of a method": ["next()", "peek()"],
  "a property that is read": ["{ scale }", "{ scales: scale }"],
  "a global": ["RangeError", "TypeError"],
  "an imported name": ["getStore as read", "getValue as read"],
  "where imports come from": ["./other.js", "./others.js"],
  "an exported name": ["limit as max", "limit as maximum"],
  "which local is used": ["amount: scaled", "amount: amount"],
  "which of two is exported": ["limit as max", "total as max"],
  "the kind of a variable": ["const limit", "let limit"],
  "an order": ["total += scaled;\n", ""],
  "prefix or postfix": ["++this.#count", "this.#count++"],
};

for (const [what, code] of Object.entries(SAME)) {
  test(`${what} are no difference`, () => {
    assert.notEqual(code, MODULE);
    assert.equal(normalize(code), normalize(MODULE));
  });
}

for (const [what, [from, to]] of Object.entries(DIFFERENT)) {
  test(`${what} is a difference`, () => {
    assert.equal(MODULE.split(from).length, 2, `${from} stands there once`);
    assert.notEqual(normalize(MODULE.replace(from, to)), normalize(MODULE));
  });
}

test("what is no JavaScript is an error, not a text", () => {
  assert.throws(() => normalize("const ="), SyntaxError);
});

/**
 * Two packages with the modules of the installed vinext that are compared.
 *
 * @param {import("node:test").TestContext} t
 */
function packages(t) {
  const root = mkdtempSync(join(tmpdir(), "onescope-texts-"));
  t.after(() => rmSync(root, { recursive: true }));
  const [known, release] = ["known", "release"].map((name) => {
    for (const path of COMPARED) {
      const target = join(root, name, "dist", `${path}.js`);
      mkdirSync(dirname(target), { recursive: true });
      cpSync(stockFile(`${path}.js`), target);
    }
    return join(root, name);
  });
  const change = (path, edit) => {
    const file = join(release, "dist", path);
    writeFileSync(file, edit(existsSync(file) ? readFileSync(file, "utf8") : ""));
  };
  return { known, release, change };
}

test("vinext's own modules, minified, are the same", (t) => {
  const { known, release, change } = packages(t);
  const before = COMPARED.map((path) => readFileSync(join(release, `dist/${path}.js`), "utf8").length);
  for (const path of COMPARED) change(`${path}.js`, normalize);
  const after = COMPARED.map((path) => readFileSync(join(release, `dist/${path}.js`), "utf8").length);
  assert.ok(after.every((length, n) => length < before[n]));
  assert.deepEqual(compareTexts(known, release), { equal: COMPARED.map((path) => `${path}.js`), differences: [] });
});

test("a module that differs is shown as a unified diff, without its comments", (t) => {
  const { known, release, change } = packages(t);
  const path = "shims/head-state.js";
  change(path, (code) => code.replace("s.documentInitialHead = [];", "/* said */ s.documentInitialHead = null;"));
  const { equal, differences } = compareTexts(known, release);
  assert.deepEqual([equal.length, differences.map((each) => each.path)], [COMPARED.length - 1, [path]]);
  const changes = differences[0].text.split("\n").filter((line) => /^[-+]/.test(line));
  assert.deepEqual(changes, [
    `--- a/${path}`,
    `+++ b/${path}`,
    "-\t\ts.documentInitialHead = [];",
    "+\t\ts.documentInitialHead = null;",
  ]);
});

test("a module that is missing, and one that is new, are named", (t) => {
  const { known, release } = packages(t);
  rmSync(join(release, "dist/shims/headers.js"));
  rmSync(join(known, "dist/shims/root-params.js"));
  const texts = compareTexts(known, release).differences.map(({ text }) => text);
  assert.deepEqual(texts, ["shims/headers.js is missing", "shims/root-params.js is new"]);
});

test("what keeps the plugin from replacing a core module is named", (t) => {
  const { release, change } = packages(t);
  assert.deepEqual(coreDifferences(release), []);
  change("shims/unified-request-context.js", (code) =>
    code.replace("rootParams: null,", "rootParams: null, added: null,"),
  );
  rmSync(join(release, "dist/shims/internal/als-registry.js"));
  assert.deepEqual(coreDifferences(release), [
    "shims/internal/als-registry.js is missing",
    'shims/unified-request-context.js has the context field "added"',
  ]);
});

test("new modules that use request state are named", (t) => {
  const { known, release, change } = packages(t);
  change("shims/internal/added.js", () => 'import { getOrCreateAls } from "./als-registry.js";');
  change("shims/unrelated.js", () => "export {};");
  assert.deepEqual(newUsers(known, release), ["shims/internal/added.js"]);
  assert.deepEqual(newUsers(release, release), []);
});
