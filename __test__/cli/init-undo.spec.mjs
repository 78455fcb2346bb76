import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, describe, test } from "node:test";
import fc from "fast-check";
import { applyEdits, reverseEdits } from "../../js/cli/init/edits.js";
import { editInstrumentation } from "../../js/cli/init/instrumentation.js";
import { addToLists } from "../../js/cli/init/list-property.js";
import { addDependency } from "../../js/cli/init/package-json.js";
import { makePlan } from "../../js/cli/init/plan.js";
import { applyChanges, noteChanges, undo } from "../../js/cli/init/record.js";
import { editViteConfig } from "../../js/cli/init/vite-config.js";
import { readProject } from "../../js/cli/project/project.js";

const folder = mkdtempSync(join(tmpdir(), "onescope-undo-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** @returns {Record<string, string>} all files by path, as Latin 1 so that every byte counts */
function snapshot() {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true }).map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, entry.isDirectory() ? "folder" : readFileSync(path, "latin1")];
    }),
  );
}

const space = fc.constantFrom("", " ", "\n", "\t", "\r\n  ", " // c\n", "/* vinext() */", "/* 日本😀 */ ");
const gap = fc.constantFrom(" ", "\n", "\t ", "\r\n", " // é\n");
const value = fc.constantFrom(
  "1",
  "`x}`",
  '"a,b"',
  "'}'",
  "[1, , 2]",
  "/[}]/g",
  "(x)",
  "() => ({})",
  "{ b: { c } }",
  "await y",
);
const entry = fc.oneof(
  value.map((each) => `a: ${each}`),
  fc.constantFrom("...base", "['k']: 1", "m() { return { plugins: [] }; }", "get z() { return 1; }"),
);

/** @param {fc.Arbitrary<string>} item */
const joined = (item) =>
  fc.tuple(fc.array(fc.tuple(space, item, space), { maxLength: 4 }), fc.boolean(), space).map(([items, comma, end]) => {
    const text = items.map((parts) => parts.join("")).join(",");
    return text === "" ? end : `${text}${comma ? "," : ""}${end}`;
  });

const plugin = fc.constantFrom(
  "react()",
  "...more",
  "null",
  "cond && vinext()",
  "vinext({ a: [1] })",
  "(vinext())",
  "[vinext(), b()]",
);
const wrapped = fc.constantFrom(
  (/** @type {string} */ object) => `export default ${object};`,
  (/** @type {string} */ object) => `export default defineConfig(${object})`,
  (/** @type {string} */ object) => `export default defineConfig(async (e) => (${object}));\n// end`,
  (/** @type {string} */ object) => `const config = ${object}\nexport default config`,
  (/** @type {string} */ object) => `module.exports = () => { return ${object} }`,
);
const head = fc.constantFrom(
  'import vinext from "vinext";',
  "import vinext from 'vinext'",
  "const vinext = require('vinext').default;",
);

const viteConfig = fc
  .tuple(space, head, gap, wrapped, joined(entry), joined(plugin))
  .map(([start, first, between, wrap, entries, plugins]) => {
    const rest = /\S/.test(entries.replaceAll(/\/\/.*|\/\*.*?\*\//g, ""))
      ? `${entries.replace(/,(?=[^,]*$)/, ",")}\n,`
      : `${entries}\n`;
    return `${start}${first}${between}\n${wrap(`{${rest.replace(/,\s*,$/, ",")} plugins: [${plugins}] }`)}`;
  });
const otherConfig = fc
  .tuple(space, wrapped, joined(entry))
  .map(([start, wrap, entries]) => `${start}${wrap(`{${entries}\n}`)}`);
const instrumentation = fc
  .tuple(
    space,
    fc.constantFrom(
      "export async function register() {",
      "export function register() {",
      "export const register = async () => {",
      "export function other() {",
    ),
    space,
    fc.constantFrom("await 1;", "f();", ""),
    space,
    fc.constantFrom("}", "};\nexport const z = 1;"),
  )
  .map((parts) => parts.join("").replace("// c\n}", "// c\n }"));

describe("what an edit changes, its reverse restores", () => {
  for (const [name, texts, edit] of /** @type {const} */ ([
    ["a Vite configuration", viteConfig, (/** @type {string} */ text) => editViteConfig(text, "vite.config.js")],
    [
      "another configuration",
      otherConfig,
      (/** @type {string} */ text) => addToLists(text, "x.config.js", { list: "onescope", other: "x" }),
    ],
    [
      "instrumentation",
      instrumentation,
      (/** @type {string} */ text) => editInstrumentation(text, "instrumentation.js"),
    ],
    [
      "package.json",
      fc
        .tuple(fc.object(), fc.constantFrom(undefined, 0, 1, 2, "\t"), fc.dictionary(fc.string(), fc.string()))
        .map(([rest, indent, names]) => JSON.stringify({ ...rest, dependencies: names }, null, indent)),
      (/** @type {string} */ text) => addDependency(text, "1").edits,
    ],
  ])) {
    test(name, () => {
      let edited = 0;
      fc.assert(
        fc.property(texts, (text) => {
          /** @type {import("../../js/cli/init/edits.js").Edit[] | undefined} */
          let edits;
          try {
            edits = edit(text);
          } catch (error) {
            // Generated texts need not be programs.
            if (!(error instanceof SyntaxError)) throw error;
          }
          fc.pre(edits !== undefined);
          const result = applyEdits(text, edits);
          if (edits.length > 0) edited++;
          assert.equal(applyEdits(result, reverseEdits(edits)), text);
          // The result is a program in which nothing is left to do, or the plan refuses the edit.
          if (name !== "instrumentation") assert.deepEqual(edit(result), []);
          for (const word of text.match(/vinext\([^()]*\)|\/\/ end|日本😀/g) ?? [])
            assert.ok(result.includes(word), word);
        }),
        { numRuns: 500 },
      );
      assert.ok(edited > 100, `${edited} texts were edited`);
    });
  }
});

describe("--undo", () => {
  beforeEach(() => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
  });

  /** @param {Record<string, string>} files */
  function write(files) {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  }
  const plan = () => makePlan(/** @type {import("../../js/cli/project/project.js").Project} */ (readProject(folder)));
  const VINEXT = {
    "package.json": '{\r\n\t"name": "x",\r\n\t"dependencies": { "vinext": "1" }\r\n}',
    "vite.config.mts": '\uFEFFimport vinext from "vinext";\r\nexport default { plugins: [vinext()] }; // é',
  };

  test("restores every byte and removes what was made, with its folders", () => {
    for (const files of [
      VINEXT,
      { "package.json": '{"dependencies":{"nitro":"3"}}' },
      { "package.json": '{"dependencies":{"next":"16"}}', "src/app/page.js": "" },
      { "package.json": '{"dependencies":{"express":"5"},"scripts":{"start":"node a"}}' },
    ]) {
      rmSync(folder, { recursive: true });
      write(files);
      const before = snapshot();
      applyChanges(folder, plan().changes);
      assert.notDeepEqual(snapshot(), before);
      assert.deepEqual(plan().changes, []);
      const states = undo(folder).map(({ state }) => state);
      assert.ok(states.every((state) => state === "restored" || state === "removed"));
      assert.deepEqual(snapshot(), before);
      assert.deepEqual(undo(folder), []);
    }
  });

  test("takes its part out of a file that changed since", () => {
    write(VINEXT);
    applyChanges(folder, plan().changes);
    for (const [path, from, to] of [
      ["vite.config.mts", "[onescope", "[react(), onescope"],
      ["package.json", '"name": "x"', '"name": "y"'],
    ]) {
      const full = join(folder, path);
      writeFileSync(full, readFileSync(full, "utf8").replace(from, to));
    }
    const undone = undo(folder);
    assert.deepEqual(undone.map(({ path, state, left }) => [path, state, left]).sort(), [
      ["instrumentation.js", "removed", undefined],
      ["package.json", "partly", undefined],
      ["vite.config.mts", "partly", undefined],
    ]);
    assert.equal(
      readFileSync(join(folder, "vite.config.mts"), "utf8"),
      VINEXT["vite.config.mts"].replace("[vinext", "[react(), vinext"),
    );
    assert.equal(readFileSync(join(folder, "package.json"), "utf8"), VINEXT["package.json"].replace('"x"', '"y"'));
  });

  test("keeps what it cannot undo, and says what is left", () => {
    write(VINEXT);
    applyChanges(folder, plan().changes);
    writeFileSync(join(folder, "instrumentation.js"), "export function register() { mine(); }");
    writeFileSync(
      join(folder, "vite.config.mts"),
      'import os from "onescope/vite";\nimport vinext from "vinext";\nexport default { plugins: [os(), vinext()] };',
    );
    const undone = Object.fromEntries(undo(folder).map(({ path, left }) => [path, left]));
    assert.match(undone["instrumentation.js"] ?? "", /changed since/);
    assert.match(undone["vite.config.mts"] ?? "", /import onescope from/);
    assert.match(readFileSync(join(folder, "instrumentation.js"), "utf8"), /mine/);
    assert.equal(undone["package.json"], undefined);
    assert.ok(!existsSync(join(folder, ".onescope")));
  });

  test("restores a lock file that the package manager changed, but not one that changed since", () => {
    for (const changedSince of [false, true]) {
      write({ ...VINEXT, "package-lock.json": "one" });
      const before = snapshot();
      applyChanges(folder, plan().changes);
      noteChanges(folder, ["package.json", "package-lock.json", "absent.json"], () => {
        writeFileSync(join(folder, "package-lock.json"), "two");
        writeFileSync(join(folder, "package.json"), `${readFileSync(join(folder, "package.json"), "utf8")}\n`);
      });
      if (changedSince) writeFileSync(join(folder, "package-lock.json"), "three");
      const undone = undo(folder);
      const lock = undone.find(({ path }) => path === "package-lock.json");
      assert.equal(lock?.state, changedSince ? "kept" : "restored");
      if (!changedSince) assert.deepEqual(snapshot(), before);
      else assert.equal(readFileSync(join(folder, "package-lock.json"), "utf8"), "three");
    }
  });

  test("undoes two runs", () => {
    write({ "package.json": '{"dependencies":{"vinext":"1"}}', "vite.config.js": VINEXT["vite.config.mts"] });
    const before = snapshot();
    applyChanges(folder, plan().changes);
    rmSync(join(folder, "instrumentation.js"));
    applyChanges(folder, plan().changes);
    undo(folder);
    assert.deepEqual(snapshot(), before);
  });
});
