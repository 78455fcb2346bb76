import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { test } from "node:test";
import { EXPORTS } from "../../js/vite/difference.js";
import { CORE, STATE } from "../../js/vite/modules.js";
import { ROOT } from "../_support/run.mjs";
import { stockFile, stockUrl } from "../_support/stock.mjs";

const { parseAst } = await import("../../examples/vinext-app/node_modules/rolldown/dist/parse-ast-index.mjs");

const files = readdirSync(join(ROOT, "shims"), { recursive: true, encoding: "utf8" });
/** Not vinext's: the entry through which state modules find their state. */
const OURS = "internal/request-state";
const names = files
  .filter((name) => name.endsWith(".js"))
  .map((name) => name.slice(0, -".js".length))
  .filter((name) => name !== OURS);
/** A state module may have a folder of its own name for its parts. */
const isPart = (name) => STATE.some((state) => name.startsWith(`${state}/`));
const source = (name) => readFileSync(join(ROOT, `shims/${name}.js`), "utf8");

/** Specifiers of a module's imports, in whatever form. One that is computed is `undefined`. */
function specifiers(code) {
  const found = [];
  JSON.stringify(parseAst(code), (_key, node) => {
    if (/^(Import(?!Attribute).*|Export(Named|All))(Declaration|Expression)$/.test(node?.type) && "source" in node) {
      if (node.source !== null) found.push(node.source.value);
    }
    if (node?.type === "CallExpression" && /^(require|createRequire)$/.test(node.callee.name)) found.push(undefined);
    return typeof node === "bigint" ? String(node) : node;
  });
  return found;
}

/** The restrictions that a state module's import violates; see js/vite/modules.js. */
function violation(specifier, name) {
  if (specifier === undefined) return "computed, so it could be anything";
  if (specifier.startsWith(".")) {
    const target = posix.relative("shims", posix.join("shims", posix.dirname(name), specifier)).replace(/\.js$/, "");
    return STATE.includes(target) || (isPart(target) && names.includes(target))
      ? undefined
      : "only state modules are in the graph with it; the rest would be there a second time";
  }
  if (specifier === `vinext/shims/${name}`) return "vinext's own, which leads back to this module";
  const [, shim] = /^vinext\/shims\/(.+)$/.exec(specifier) ?? [];
  if (shim !== undefined) return existsSync(stockFile(`shims/${shim}.js`)) ? undefined : "vinext has no such module";
  const [, server] = /^vinext\/internal\/server\/(.+)$/.exec(specifier) ?? [];
  if (server !== undefined)
    return existsSync(stockFile(`server/${server}.js`)) ? undefined : "vinext has no such module";
  const allowed = ["onescope/internal/request-state", ...CORE.map((core) => `onescope/shims/${core}`)];
  return allowed.includes(specifier) ? undefined : "neither vinext's nor an entry of ours that stays external";
}

test("the imports of a state module are found in every form", () => {
  const code = `import "a"; import b from "b"; import * as c from "c"; export { d } from "d"; export * from "e";
    export * as f from "f"; const g = () => import("g"); import(h); require("i"); export const j = 1; import k from "k" with { type: "json" };`;
  assert.deepEqual(specifiers(code), ["a", "b", "c", "d", "e", "f", "g", undefined, undefined, "k"]);
});

test("what a state module must not import is distinguished from what it may", () => {
  const may = [
    "./i18n-state.js",
    "./headers/state.js",
    "vinext/shims/cdn-cache",
    "vinext/internal/server/headers",
    "onescope/internal/request-state",
    "onescope/shims/unified-request-context",
  ];
  const mustNot = [
    "./unified-request-context.js",
    "./headers/none.js",
    "vinext/internal/server/none",
    "./internal/als-registry.js",
    "../../js/request/current.js",
    "../../js/util/errors.js",
    "onescope",
    "onescope/register",
    "onescope/shims/i18n-state",
    "vinext/shims/head-state",
    "vinext/shims/none",
    "vinext/server/headers",
    "node:async_hooks",
    "/js/errors.js",
    undefined,
  ];
  for (const specifier of may) assert.equal(violation(specifier, "head-state"), undefined, specifier);
  for (const specifier of mustNot) assert.notEqual(violation(specifier, "head-state"), undefined, specifier);
});

for (const name of names.filter((each) => !CORE.includes(each))) {
  test(`${name} imports only what is one with it in Vite's graph, or external`, () => {
    const broken = specifiers(source(name)).filter((specifier) => violation(specifier, name) !== undefined);
    assert.deepEqual(broken, [], violation(broken[0], name));
  });
}

test("every listed module has its file, and every file is listed", () => {
  assert.deepEqual(names.filter((name) => !isPart(name)).sort(), [...CORE, ...STATE].sort());
  assert.deepEqual(
    files.filter((name) => name.endsWith(".d.ts")).sort(),
    [...CORE, ...STATE, OURS].map((name) => `${name}.d.ts`).sort(),
  );
});

for (const name of [...CORE, ...STATE]) {
  test(`${name} exports what vinext's module exports`, async () => {
    const [ours, stock] = await Promise.all([import(`../../shims/${name}.js`), import(stockUrl(`shims/${name}.js`))]);
    assert.deepEqual(Object.keys(ours).sort(), Object.keys(stock).sort());
    if (CORE.includes(name)) assert.deepEqual(EXPORTS[name].toSorted(), Object.keys(ours).sort());
  });
}

test("state modules are type-checked", () => {
  const { files: checked } = JSON.parse(readFileSync(join(ROOT, "tsconfig.shims.json"), "utf8"));
  assert.deepEqual(checked.toSorted(), STATE.map((name) => `shims/${name}.js`).sort());
});
