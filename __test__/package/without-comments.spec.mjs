import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { withoutComments } from "../../scripts/pack/without-comments.mjs";

describe("a packed module", () => {
  test("has no comments, and every token in its line and column", () => {
    const source = [
      "/**",
      " * What it is.",
      " */",
      "export const a = /* one */ 1; // and why",
      'const text = "// no comment"; /* two',
      `   lines */ const regex = /\\/\\*/; const template = \`// \${a /* here */ + 1}   `,
      "  /* neither */`;",
      "// the end",
    ].join("\n");
    const expected = [
      "",
      "",
      "",
      "export const a =           1;",
      'const text = "// no comment";       ',
      `            const regex = /\\/\\*/; const template = \`// \${a            + 1}   `,
      "  /* neither */`;",
      "",
    ].join("\n");
    assert.equal(withoutComments(source), expected);
  });

  test("keeps its first line and what tools read", () => {
    const source = [
      "#!/usr/bin/env node",
      "const one = /* @__PURE__ */ make();",
      "import(/* webpackIgnore: true */ name);",
      "import(/* @vite-ignore */ name);",
      "/*! a notice */",
      "//# sourceURL=x",
    ].join("\n");
    assert.equal(withoutComments(source), source);
  });
});
