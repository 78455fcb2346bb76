import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parse } from "acorn";
import { compact } from "../../scripts/pack/compact.mjs";
import { ROOT } from "../_support/run.mjs";

describe("a packed module", () => {
  test("has no comments and no space that it does not need, and every token in its line", () => {
    const source = [
      "/**",
      " * What it is.",
      " */",
      "export const a = /* one */ 1; // and why",
      '  const text = "// no  comment"; /* two',
      `   lines */ const regex = /\\/\\*/; const template = \`// \${a /* here */ + 1}   `,
      "  /* neither */`;",
      'const both = (x) => x === "a" && !text ? typeof "a" : 1 - -a;',
      "return new Map([[a, + +1 ]])",
      "// the end",
    ].join("\n");
    const expected = [
      "",
      "",
      "",
      "export const a=1;",
      'const text="// no  comment";',
      `const regex=/\\/\\*/;const template=\`// \${a + 1}   `,
      "  /* neither */`;",
      'const both=(x)=>x==="a"&&!text?typeof"a":1 - -a;',
      "return new Map([[a,+ +1]])",
      "",
    ].join("\n");
    const inFunction = (/** @type {string} */ text) => text.replace("return", "export default");
    assert.equal(compact(inFunction(source)), inFunction(expected));
  });

  test("keeps its first line and what tools read", () => {
    const source = [
      "#!/usr/bin/env node",
      "const one=/* @__PURE__ */ make();",
      "import(/* webpackIgnore: true */ name);",
      "import(/* @vite-ignore */ name);",
      "/*! a notice */",
      "//# sourceURL=x",
    ].join("\n");
    assert.equal(compact(source), source);
  });

  test("is the same program, and every statement starts in the same line", () => {
    const files = ["bin", "js", "shims"].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((name) => join(ROOT, folder, name)),
    );
    const modules = files.filter((path) => /\.[mc]?js$/.test(path));
    assert.ok(modules.length > 100);
    for (const path of modules) {
      const source = readFileSync(path, "utf8");
      assert.deepEqual(program(compact(source)), program(source), path);
    }
  });
});

/** The syntax tree of a module, with lines and without columns. */
function program(/** @type {string} */ source) {
  const tree = parse(source, { ecmaVersion: "latest", sourceType: "module", allowHashBang: true, locations: true });
  return JSON.stringify(tree, (key, value) => (["start", "end", "column"].includes(key) && !isLine(value) ? 0 : value));
}

/** Whether it is a place with a line, which has the same keys as the offsets have. */
function isLine(/** @type {unknown} */ value) {
  return typeof value === "object";
}
