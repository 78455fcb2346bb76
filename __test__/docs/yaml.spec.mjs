import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../_support/run.mjs";

test("in YAML, a text with a colon and a space is quoted: without quotes it is an object", () => {
  for (const page of globSync(["*.md", "docs/**/*.md"], { cwd: ROOT })) {
    const text = readFileSync(join(ROOT, page), "utf8");
    for (const [, block] of text.matchAll(/^```ya?ml\n(.*?)^```/gms)) {
      for (const line of block.replace(/ # .*/g, "").split("\n")) {
        const value = line.replace(/^\s*(?:- )?(?:[\w.-]+: +)?/, "");
        if (!/^[\s'"[{#]/.test(value)) assert.doesNotMatch(value, /: /, `${page}: ${line}`);
      }
    }
  }
});
