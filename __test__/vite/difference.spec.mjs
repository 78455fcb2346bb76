import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { describeDifference } from "../../js/vite/difference.js";
import { stockFile } from "../_support/stock.mjs";

const { parseAst } = await import("../../examples/vinext-app/node_modules/rolldown/dist/parse-ast-index.mjs");

const CONTEXT = "unified-request-context";
const REGISTRY = "internal/als-registry";
const context = readFileSync(stockFile("shims/unified-request-context.js"), "utf8");
const registry = readFileSync(stockFile("shims/internal/als-registry.js"), "utf8");
const difference = (code, replacement = CONTEXT) => describeDifference(parseAst(code), replacement);

/** The real module with one piece of it changed. */
function changed(from, to, code = context) {
  assert.equal(code.split(from).length, 2, `${from} stands there once`);
  return code.replace(from, to);
}

test("the real modules hold nothing that is not known", () => {
  assert.equal(difference(context), undefined);
  assert.equal(difference(registry, REGISTRY), undefined);
});

test("each module is compared with its own replacement", () => {
  assert.match(difference(context, REGISTRY), /^exports .*createRequestContext/);
  assert.match(difference(registry), /^exports .*getOrCreateAls/);
});

test("an export that is not known is named, in whatever form", () => {
  const forms = {
    "export function added() {}": "added",
    "export const added = 1, another = 2;": "added, another",
    "export class Added {}": "Added",
    "export { createRequestContext as renamed };": "renamed",
    'export { createRequestContext as "any text" };': "any text",
    'export * from "./more.js";': "* from ./more.js",
    'export * as everything from "./more.js";': "./more.js",
    "export default 1;": "default",
  };
  for (const [form, names] of Object.entries(forms)) {
    for (const [code, replacement] of [
      [context, CONTEXT],
      [registry, REGISTRY],
    ]) {
      const found = difference(`${code}\n${form}`, replacement);
      assert.ok(found?.startsWith("exports ") && found.includes(names.split(" ").at(-1)), `${form}: ${found}`);
    }
  }
  assert.equal(difference(`${context}\nexport const added = 1, another = 2;`), "exports added, another");
});

test("an export that is missing is an older vinext, and fine", () => {
  assert.equal(difference(changed(", queueAfterCallback,", ",")), undefined);
  assert.equal(difference(changed(", registerAlsForScopeExit,", ",", registry), REGISTRY), undefined);
});

test("a field that is not known is named", () => {
  for (const field of ["added: null", '"added": null', "added", "added() {}", "get added() {}"]) {
    assert.match(difference(changed("rootParams: null,", `rootParams: null,\n${field},`)), /field "added"/, field);
  }
});

test("a field that is missing is an older vinext, and fine", () => {
  for (const field of ["rootParams: null,", "pendingSetCookies: [],", "nextFetchId: 1,"]) {
    assert.equal(difference(changed(field, "")), undefined);
  }
});

test("another default is named, with the field and the one that is known", () => {
  for (const [from, to, found, known] of [
    ["headersContext: null", "headersContext: undefined", "an expression (Identifier)", "null"],
    ["isDraftMode: false", "isDraftMode: true", "true", "false"],
    ["nextFetchId: 1,", "nextFetchId: 0,", "0", "1"],
    ["actionRevalidationKind: 0", 'actionRevalidationKind: "0"', '"0"', "0"],
    ['phase: "render"', 'phase: "action"', '"action"', '"render"'],
    ["pendingSetCookies: []", 'pendingSetCookies: ["a"]', "[…]", "[]"],
    ["dynamicFetchUrls: /* @__PURE__ */ new Set()", "dynamicFetchUrls: new Map()", "new Map()", "new Set()"],
    ["requestCache: /* @__PURE__ */ new WeakMap()", "requestCache: makeCache()", "CallExpression", "new WeakMap()"],
    ["ssrHeadChildren: []", "ssrHeadChildren: null", "null", "[]"],
    ["pendingPromises: 0,", "pendingPromises: 0, added: 0,", "pendingPromises, added,", "pendingPromises, completion"],
  ]) {
    const message = difference(changed(from, to));
    assert.ok(message?.includes(`"${to.includes("added") ? "afterContext" : from.split(":")[0]}"`), message);
    const [before, after] = message.split("(known: ");
    assert.ok(before.includes(found) && after.includes(known), message);
  }
});

test("a collection that does not start empty is another default", () => {
  for (const [from, to] of [
    ["dynamicFetchUrls: /* @__PURE__ */ new Set()", 'dynamicFetchUrls: new Set(["a"])'],
    ["currentFetchDedupeEntries: /* @__PURE__ */ new Map()", "currentFetchDedupeEntries: new Map(entries)"],
  ]) {
    assert.match(difference(changed(from, to)) ?? "no difference", new RegExp(`"${from.split(":")[0]}"`));
  }
});

test("the context that is requested from the host may be computed differently", () => {
  const from = "executionContext: _getInheritedExecutionContext()";
  assert.equal(difference(changed(from, "executionContext: inherited ?? null")), undefined);
});

test("a context that is made differently is a difference", () => {
  const declaration = "function createRequestContext(opts) {";
  for (const body of ["return makeContext(opts);", "return Object.assign({}, opts);", "return;"]) {
    assert.match(difference(changed(declaration, `${declaration} ${body}`)), /object literal of known fields/);
  }
  const rest = context.slice(context.indexOf("function ensureAfterCompletion"));
  assert.match(difference(rest), /object literal of known fields/);
});

test("defaults that are spread in from elsewhere are a difference", () => {
  const spread = changed("rootParams: null,", "rootParams: null,\n...moreDefaults,");
  assert.notEqual(difference(spread), undefined);
});
