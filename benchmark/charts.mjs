// Draws the charts of the README from the stored results.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { main } from "./_util/main.mjs";
import { RESULTS } from "./_util/results.mjs";
import { ROOT } from "./_util/root.mjs";
import { drawCharts, withCharts } from "./charts/draw.mjs";

/** Pages with charts, and where these are from there. */
const PAGES = { "README.md": "benchmark/results", "docs/performance.md": "../benchmark/results" };

const HELP = `Draws the charts, light and dark, from results/*.json into results/*.svg, and writes the texts that stand for them in the
README and in docs/performance.md.

Usage: node charts.mjs [-h, --help]
`;

await main(async () => {
  const { values } = parseArgs({ options: { help: { type: "boolean", short: "h" } } });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  for (const [file, svg] of Object.entries(drawCharts())) {
    writeFileSync(join(RESULTS, file), svg);
    process.stdout.write(`results/${file}\n`);
  }
  for (const [page, results] of Object.entries(PAGES)) {
    const path = join(ROOT, page);
    writeFileSync(path, withCharts(readFileSync(path, "utf8"), results));
  }
});
