import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PLATFORMS } from "../../js/store/native/platforms.js";
import { checkLocks, problemsOf as lockProblems } from "../../scripts/check-package/locks.mjs";
import { problemsOf as tagProblems } from "../../scripts/release/check.mjs";
import { problemsOf as archiveProblems } from "../../scripts/release/publish.mjs";

describe("a tag", () => {
  const files = {
    "package.json": '{\n  "name": "onescope",\n  "version": "1.2.3"\n}',
    "package-lock.json": '{\n  "name": "onescope",\n  "version": "1.2.3"\n}',
    "Cargo.toml": '[package]\nname = "onescope"\nversion = "1.2.3"\n',
    "Cargo.lock":
      '[[package]]\nname = "once"\nversion = "9.9.9"\n\n[[package]]\nname = "onescope"\nversion = "1.2.3"\n',
    "CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n\n## 1.2.3 - 2030-01-02\n\n- It works.\n\n## 1.2.2 - 2030-01-01\n",
  };
  const problems = (/** @type {string} */ tag, /** @type {Partial<typeof files>} */ changed = {}) =>
    tagProblems(tag, (path) => ({ ...files, ...changed })[/** @type {keyof typeof files} */ (path)]);

  test("is released if every file and the changelog have its version", () => {
    assert.deepEqual(problems("v1.2.3"), []);
  });

  test("is not if it is no version", () => {
    for (const tag of ["1.2.3", "v1.2", "v1.2.3 ", "main", ""]) assert.equal(problems(tag).length, 1, tag);
  });

  for (const path of /** @type {const} */ (["package.json", "package-lock.json", "Cargo.toml", "Cargo.lock"])) {
    test(`is not if ${path} has another version`, () => {
      const changed = { [path]: files[path].replace("1.2.3", "1.2.4") };
      assert.deepEqual(problems("v1.2.3", changed), [`${path} has version 1.2.4, the tag 1.2.3`]);
    });
  }

  test("is not if the changelog has no section, no date or no text for it", () => {
    for (const text of [
      "## [Unreleased]\n\n- It works.\n",
      "## 1.2.3 - not published\n\n- It works.\n",
      "## 1.2.3 - 2030-01-02\n\n",
    ]) {
      assert.equal(problems("v1.2.3", { "CHANGELOG.md": text }).length, 1, text);
    }
  });
});

describe("packed archives", () => {
  const version = "1.2.3";
  const names = PLATFORMS.map(({ name }) => `@onescope/${name}`);
  const optionalDependencies = Object.fromEntries(names.map((name) => [name, version]));
  const archive = (/** @type {string} */ name) => ({ path: `${name}.tgz`, name, version, optionalDependencies: {} });
  const all = [...names.map(archive), { ...archive("onescope"), optionalDependencies }];

  test("are a release if every platform is there", () => {
    assert.deepEqual(archiveProblems(all), []);
  });

  test("are none if one is missing, whichever", () => {
    for (const { name } of all) {
      assert.deepEqual(archiveProblems(all.filter((each) => each.name !== name)), [`${name} is missing`]);
    }
  });

  test("are none if there is one too many, or of another version", () => {
    assert.equal(archiveProblems([...all, archive("other")]).length, 1);
    assert.equal(archiveProblems([...all, all[0]]).length, 1);
    assert.equal(archiveProblems([{ ...all[0], version: "1.2.4" }, ...all.slice(1)]).length, 2);
  });

  test("are none if the main package does not want them", () => {
    const main = { ...all[all.length - 1], optionalDependencies: { ...optionalDependencies, [names[0]]: "1.2.2" } };
    assert.equal(archiveProblems([...all.slice(0, -1), main]).length, 1);
  });
});

describe("lock files", () => {
  const integrity = `sha512-${"A".repeat(86)}==`;
  const problems = (/** @type {object} */ entry) => lockProblems({ packages: { "": {}, "node_modules/a": entry } });

  test("pin every package of this repository to its content", () => {
    assert.deepEqual(checkLocks(), { problems: [] });
  });

  test("with a weak hash, none, or an address are refused", () => {
    assert.deepEqual(problems({ integrity }), []);
    assert.equal(problems({}).length, 1);
    assert.equal(problems({ integrity: "sha1-qqqqqqqqqqqqqqqqqqqqqqqqqqo=" }).length, 1);
    assert.equal(problems({ integrity, resolved: "https://packages.example/a.tgz" }).length, 1);
  });

  test("may link a folder", () => {
    assert.deepEqual(problems({ link: true, resolved: "../.." }), []);
  });
});
