import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CODES } from "../../js/util/errors.js";
import { ROOT, runNode } from "../_support/run.mjs";

// Types, docs/api and runtime say the same. package.spec.mjs tests that each entry's types and exports agree, and the lint
// that docs/api is what the types say.

const read = (/** @type {string} */ path) => readFileSync(join(ROOT, path), "utf8");
const sources = (/** @type {string} */ pattern) => globSync(pattern, { cwd: ROOT }).sort();

/** @param {string} entry */
async function exportsOf(entry) {
  const print = `import * as entry from "${entry}"; console.log(JSON.stringify(Object.keys(entry)));`;
  const { code, stdout, stderr } = await runNode(["--input-type=module", "--eval", print]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

const ENTRIES = {
  onescope: "onescope.md",
  "onescope/register": "register.md",
  "onescope/auto": "auto.md",
  "onescope/inspect": "inspect.md",
  "onescope/opentelemetry": "opentelemetry.md",
  "onescope/vite": "vite.md",
};

for (const [entry, page] of Object.entries(ENTRIES)) {
  test(`${entry}: docs/api has a section for every export, and says what it does`, async () => {
    const sections = new Map(
      read(`docs/api/${page}`)
        .split(/^### /m)
        .slice(1)
        .map((section) => [/^`(\w+)/.exec(section)?.[1], section]),
    );
    for (const name of await exportsOf(entry)) {
      const section = sections.get(name === "default" ? "onescope" : name);
      assert.ok(section, name);
      assert.match(section.split("\n```\n")[1], /\w/, `${name} is described`);
    }
  });
}

test("onescope/shims/*: docs/api lists every module and all of its exports", async () => {
  const page = read("docs/api/shims.md");
  const modules = sources("shims/*.js").map((path) => path.slice("shims/".length, -".js".length));
  assert.ok(modules.length > 0);
  for (const module of modules) {
    const entry = `onescope/shims/${module}`;
    const row = page.split("\n").find((line) => line.startsWith(`| \`${entry}\` |`));
    const section = page.split(/^## /m).find((part) => part.startsWith(`\`${entry}\``));
    for (const name of await exportsOf(entry)) assert.ok((row ?? section)?.includes(`\`${name}`), `${entry} ${name}`);
  }
});

/** @type {Map<string, string>} by code, the variant of Rust's error that has it */
const variants = new Map(
  [...read("src/error.rs").matchAll(/((?:Error|Fault)::\w+)[^=>]*=> "(ERR_ONESCOPE_\w+)"/g)].map(
    ([, variant, code]) => [code, variant],
  ),
);

/** @type {Map<string, string>} by code, what the docs say of it */
const documented = new Map(
  [...read("docs/api/onescope.md").matchAll(/^\| `(ERR_ONESCOPE_\w+)` \| (.*) \|$/gm)].map(([, code, text]) => [
    code,
    text.trim(),
  ]),
);

test("the documented error codes are those of js/util/errors.js and src/error.rs", () => {
  assert.ok(variants.size > 0);
  assert.deepEqual([...documented.keys()].sort(), [...new Set([...Object.values(CODES), ...variants.keys()])].sort());
});

test("every error code has a meaning", () => {
  for (const [code, meaning] of documented) assert.match(meaning, /\w/, code);
});

test("every error code is thrown", () => {
  const js = sources("{js,shims}/**/*.{js,cjs}").filter((path) => path !== "js/util/errors.js");
  const inJs = js.map(read).join("\n");
  for (const [name, code] of Object.entries(CODES)) {
    // js/browser.cjs imports nothing.
    assert.ok(
      new RegExp(`CODES\\.${name}\\b|code: "${code}"`).test(inJs) || variants.has(code),
      `${code} is thrown in js/`,
    );
  }
  const rust = sources("src/**/*.rs").filter((path) => path !== "src/error.rs" && !/tests\.rs$/.test(path));
  const inRust = rust
    .map((path) => read(path).replace(/^#\[cfg\(test\)\]\nmod \w+ \{\n[\s\S]*?\n\}$/gm, ""))
    .join("\n");
  for (const [code, variant] of variants) {
    assert.ok(new RegExp(`${variant}\\b`).test(inRust), `${code} (${variant}) is made in src/`);
  }
});

test("the docs name no error code that there is not", () => {
  for (const path of sources("{*,docs/**/*}.md")) {
    for (const [code] of read(path).matchAll(/ERR_ONESCOPE_[A-Z_]*[A-Z]/g)) {
      assert.ok(documented.has(code), `${path}: ${code}`);
    }
  }
});
