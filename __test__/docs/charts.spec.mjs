import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { RESULTS } from "../../benchmark/_util/results.mjs";
import { drawCharts, withCharts } from "../../benchmark/charts/draw.mjs";
import { ROOT } from "../_support/run.mjs";

// The charts show the stored results.

const drawn = drawCharts();

test("the charts are those that the stored results give", () => {
  assert.deepEqual(globSync("*.svg", { cwd: RESULTS }).sort(), Object.keys(drawn).sort());
});

for (const [page, results] of [
  ["README.md", "benchmark/results"],
  ["docs/performance.md", "../benchmark/results"],
]) {
  test(`${page} shows them, with texts of the stored results: node benchmark/charts.mjs`, () => {
    const text = readFileSync(join(ROOT, page), "utf8");
    assert.equal(text, withCharts(text, results));
    for (const name of ["servers", "storages"]) assert.ok(text.includes(`<!-- chart: ${name} -->\n`), name);
    assert.match(text, /<img alt="[^"<>]+" src="[^"]+-light\.svg"/);
  });
}

for (const [file, svg] of Object.entries(drawn)) {
  test(`${file} is what is drawn from the stored results: node benchmark/charts.mjs`, () => {
    assert.ok(svg === readFileSync(join(RESULTS, file), "utf8"), "drawn otherwise");
  });

  test(`${file} is small, has its text as text and no script, and is the same each time`, () => {
    assert.ok(svg.length < 60_000, `${svg.length} bytes`);
    assert.match(svg, /^<svg [^>]*role="img">\n<title>[^<]+<\/title>/);
    assert.match(svg, /<text [^>]*>Node 24<\/text>/);
    assert.equal(/<script|<style|<foreignObject|\son\w+=|href=|NaN|undefined|Infinity/.exec(svg), null);
    assert.ok(drawCharts()[file] === svg);
  });
}
