// Draws the charts of the README from the stored results.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { main } from "./_util/main.mjs";
import { RESULTS } from "./_util/results.mjs";
import { drawCharts } from "./charts/draw.mjs";

const HELP = `Draws the charts of the README, light and dark, from results/*.json into results/*.svg.

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
});
