import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { ROOT } from "../_support/run.mjs";

// The docs name files, folders, pages and headings; all of them exist.

const PAGES = globSync(["*.md", "docs/**/*.md", "benchmark/README.md"], { cwd: ROOT }).sort();
const FOLDERS = "__test__|benchmark|bin|docs|examples|js|scripts|shims|src|tests";

/** @param {string} page @returns {string} its text without blocks of code */
const prose = (page) => readFileSync(join(ROOT, page), "utf8").replace(/^```.*?^```/gms, "");

/** @param {string} path may have wildcards, or lack the extension of a module */
const exists = (path) =>
  [path, `${path}.js`].some((each) => existsSync(join(ROOT, each))) || globSync(path, { cwd: ROOT }).length > 0;

/** @param {string} page @returns {string[]} the anchors of its headings, as GitHub makes them */
function anchors(page) {
  return [...prose(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

for (const page of PAGES) {
  test(`${page}: every link leads somewhere`, () => {
    for (const [, target] of prose(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path, anchor] = target.split("#");
      const to = path === "" ? page : relative(ROOT, join(ROOT, dirname(page), path));
      assert.ok(exists(to), `${target}: there is no ${to}`);
      if (anchor !== undefined) assert.ok(anchors(to).includes(anchor), `${target}: ${to} has no such heading`);
    }
  });

  test(`${page}: every path exists`, () => {
    for (const [, path] of prose(page).matchAll(new RegExp(`\`((?:${FOLDERS})/[\\w./*-]*)\``, "g"))) {
      assert.ok(exists(path), path);
    }
  });
}

test("the table of what to edit names at most three places for each change", () => {
  const [, table] = prose("docs/architecture.md").split("## To change a thing");
  const rows =
    table
      .split("\n## ")[0]
      .match(/^\| .* \|$/gm)
      ?.slice(1) ?? [];
  assert.ok(rows.length > 20);
  for (const row of rows) {
    const places = row.split("|")[2].match(/`[^`]*\/[^`]*`|`[^`]*\.(ts|js|rs)`/g) ?? [];
    assert.ok(places.length <= 3, row);
  }
});
