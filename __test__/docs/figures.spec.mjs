import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { merge, RESULTS, readResults, toMarkdown } from "../../benchmark/_util/results.mjs";
import { ROOT } from "../_support/run.mjs";

// The tables of gains and costs say what benchmark/results says, and its Markdown what its JSON says.

const PAGES = { "README.md": 8, "docs/performance.md": 15 };
/** @typedef {import("../../benchmark/_util/results.mjs").Results} Results */

const LINK = /\((?:\.\.\/)?benchmark\/results\/([\w-]+)\.md\)/;

/** @param {string} line of a table */
const cellsOf = (line) => line.split("|").slice(1, -1);

describe("results", () => {
  for (const file of globSync("*.json", { cwd: RESULTS })) {
    test(`${file}: the Markdown is made from it`, () => {
      const name = file.slice(0, -".json".length);
      const stored = readFileSync(join(RESULTS, `${name}.md`), "utf8");
      assert.equal(stored, toMarkdown(/** @type {Results} */ (readResults(name))));
    });
  }

  test("what is measured of one Node replaces only what is stored of that Node", () => {
    const part = (/** @type {string} */ node, /** @type {number} */ count) => ({
      node,
      machine: {},
      rows: [{ row: "a", cells: { on: count } }],
    });
    const stored = [part("26.0.0", 1), part("22.1.0", 1), part("22.1.0 --flag", 1)];
    const measured = {
      name: "x",
      title: "X",
      notes: "",
      variants: ["on"],
      parts: [part("22.3.0", 2), part("24.0.0", 2)],
    };
    const merged = merge(stored, measured);
    assert.deepEqual(merged, {
      ...measured,
      parts: [part("22.3.0", 2), part("22.1.0 --flag", 1), part("24.0.0", 2), part("26.0.0", 1)],
    });
  });
});

for (const [page, least] of Object.entries(PAGES)) {
  describe(`figures of ${page}`, () => {
    const lines = readFileSync(join(ROOT, page), "utf8").split("\n");
    const rows = lines.filter((line) => line.startsWith("|") && LINK.test(line) && /\d/.test(line));

    test("are there", () => assert.ok(rows.length >= least, `${rows.length} rows`));

    for (const row of rows) {
      const [subject, ...cells] = cellsOf(row);
      test(`${subject.trim()}`, () => checkRow(row, subject, cells.slice(0, -1)));
    }
  });
}

/**
 * @param {string} row
 * @param {string} subject names the Node
 * @param {string[]} cells with figures, each of which are those of one line
 */
function checkRow(row, subject, cells) {
  const [, name] = LINK.exec(row) ?? [];
  const results = readFileSync(join(RESULTS, `${name}.md`), "utf8");
  const [, node, frames] = /Node (\d+)( with frames)?/.exec(subject) ?? [];
  const lines = sectionOf(results, node, frames !== undefined).split("\n");
  for (const cell of cells) {
    const figures = cell.match(/×?\d+(\.\d+)?/g) ?? [];
    const found = lines.some((line) => figures.every((figure) => isIn(line, figure)));
    assert.ok(found, `no line of ${name}.md${node ? ` for Node ${node}` : ""} has ${figures.join(", ")}`);
  }
}

/**
 * @param {string} line
 * @param {string} figure
 */
function isIn(line, figure) {
  return new RegExp(`(?<![\\d.×])${figure.replace(".", "\\.")}(?![\\d.]\\d|\\d)`).test(line);
}

/**
 * @param {string} results
 * @param {string | undefined} node major version; all of the file without
 * @param {boolean} frames
 */
function sectionOf(results, node, frames) {
  if (node === undefined) return results.replaceAll(/(?<!\n)\n(?!\n)/g, " ");
  const section = results
    .split(/^## /m)
    .find((part) => new RegExp(`^Node ${node}\\S*${frames ? " --" : "\n"}`).test(part));
  assert.ok(section, `no section for Node ${node}`);
  return section;
}
