import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, describe, test } from "node:test";
import fc from "fast-check";
import { applyEdits, reverseEdits } from "../../js/cli/init/edits.js";
import { editInstrumentation } from "../../js/cli/init/instrumentation.js";
import { addToLists } from "../../js/cli/init/list-property.js";
import { addDependency } from "../../js/cli/init/package-json.js";
import { makePlan } from "../../js/cli/init/plan.js";
import { applyChanges, noteChanges } from "../../js/cli/init/record.js";
import { undo } from "../../js/cli/init/undo.js";
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
    assert.deepEqual(Object.fromEntries(undo(folder).map(({ path, left }) => [path, left])), {
      "instrumentation.js": undone["instrumentation.js"],
      "vite.config.mts": undone["vite.config.mts"],
    });
    rmSync(join(folder, "instrumentation.js"));
    write({ "vite.config.mts": VINEXT["vite.config.mts"].replace("// é", "// mine") });
    assert.ok(undo(folder).every(({ left }) => left === undefined));
    assert.ok(!existsSync(join(folder, ".onescope")));
    assert.match(readFileSync(join(folder, "vite.config.mts"), "utf8"), /mine/);
  });

  test("undoes the rest later, and each edit once", () => {
    const text = "a\n\nb\n";
    write({ "x.js": text });
    const edits = [
      { at: 1, removed: "", inserted: " onescope-1" },
      { at: 4, removed: "", inserted: " onescope-2" },
    ];
    applyChanges(folder, [{ path: "x.js", text, edits }]);
    write({ "x.js": "x onescope-1 and onescope-1 y\n\nb onescope-2\nmine\n" });
    assert.match(undo(folder)[0].left ?? "", /look for "onescope-1"$/);
    write({ "x.js": "a onescope-1\n\nb\nmine\n" });
    assert.deepEqual(undo(folder), [{ path: "x.js", state: "partly" }]);
    assert.equal(readFileSync(join(folder, "x.js"), "utf8"), "a\n\nb\nmine\n");
    assert.deepEqual(undo(folder), []);
  });

  test("names what it cannot put back", () => {
    const text = "a removed b\n";
    write({ "x.js": text });
    applyChanges(folder, [{ path: "x.js", text, edits: [{ at: 2, removed: "removed ", inserted: "" }] }]);
    write({ "x.js": "another\n" });
    assert.match(undo(folder)[0].left ?? "", /^was changed since; put back "removed"$/);
  });

  test("takes its part out of a package.json that the package manager changed too, and says so", () => {
    write({ ...VINEXT, "package-lock.json": "one" });
    applyChanges(folder, plan().changes);
    const manifest = join(folder, "package.json");
    const change = (/** @type {string} */ from, /** @type {string} */ to) =>
      writeFileSync(manifest, readFileSync(manifest, "utf8").replace(from, to));
    noteChanges(folder, ["package.json", "package-lock.json"], () => {
      change("{", "{ ");
      write({ "package-lock.json": "two onescope" });
    });
    change('"x"', '"y"');
    write({ "package-lock.json": "three onescope" });
    const undone = Object.fromEntries(undo(folder).map(({ path, ...rest }) => [path, rest]));
    assert.deepEqual(undone["package.json"], { state: "partly" });
    const lock = { state: "kept", left: "was changed since: remove onescope with the package manager" };
    assert.deepEqual(undone["package-lock.json"], lock);
    assert.equal(readFileSync(manifest, "utf8"), VINEXT["package.json"].replace('"x"', '"y"').replace("{", "{ "));
    assert.deepEqual(undo(folder), [{ path: "package-lock.json", ...lock }]);
    write({ "package-lock.json": "four" });
    assert.deepEqual(undo(folder), [{ path: "package-lock.json", state: "kept" }]);
    assert.deepEqual(undo(folder), []);
  });

  test("changes nothing if a file is not what the plan was made from", () => {
    for (const [path, text] of [
      ["package.json", '{ "dependencies": { "vinext": "2" } }'],
      ["instrumentation.js", "mine"],
    ]) {
      rmSync(folder, { recursive: true, force: true });
      write(VINEXT);
      const { changes } = plan();
      write({ [path]: text });
      const before = snapshot();
      assert.throws(() => applyChanges(folder, changes), {
        code: "ERR_ONESCOPE_PROJECT",
        message: `${path} was changed meanwhile, so nothing is: run onescope init again`,
      });
      assert.deepEqual(snapshot(), before);
    }
  });

  test("changes nothing outside of the folder, whatever the record says", () => {
    const text = "a b\n";
    const edits = [{ at: 1, removed: "", inserted: " onescope" }];
    for (const [path, link] of [
      ["../victim/rc", undefined],
      ["link/rc", "link"],
      ["rc", "rc"],
      ["../yarn.lock", "../yarn.lock"],
      ["../victim/yarn.lock", undefined],
    ]) {
      rmSync(folder, { recursive: true, force: true });
      const app = join(folder, "app");
      write({ "victim/rc": text, "victim/yarn.lock": text, "app/x": text });
      applyChanges(app, [{ path: "x", text, edits }]);
      const record = join(app, ".onescope/init.json");
      writeFileSync(record, readFileSync(record, "utf8").replace('"x"', JSON.stringify(path)));
      write({ "victim/rc": "a onescope b\n", "victim/yarn.lock": "a onescope b\n" });
      if (link !== undefined)
        symlinkSync(join(folder, path.includes("link") ? "victim" : "victim/rc"), join(app, link));
      const refused = {
        code: "ERR_ONESCOPE_PROJECT",
        message: `${path} is outside of this folder, so it is not changed`,
      };
      assert.throws(() => undo(app), refused, path);
      assert.throws(() => applyChanges(app, [{ path, text: "a onescope b\n", edits }]), refused, path);
      for (const name of ["rc", "yarn.lock"])
        assert.equal(readFileSync(join(folder, "victim", name), "utf8"), "a onescope b\n");
    }
  });

  test("restores the lock file of the workspace", () => {
    write({ "yarn.lock": "one", "packages/app/x": "" });
    const app = join(folder, "packages/app");
    noteChanges(app, ["../../yarn.lock"], () => write({ "yarn.lock": "two" }));
    assert.deepEqual(undo(app), [{ path: "../../yarn.lock", state: "restored" }]);
    assert.equal(readFileSync(join(folder, "yarn.lock"), "utf8"), "one");
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
