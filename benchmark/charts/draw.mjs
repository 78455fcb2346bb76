import { readResults } from "../_util/results.mjs";
import { serversChart } from "./servers.mjs";
import { storagesChart } from "./storages.mjs";
import { THEMES } from "./theme.mjs";

/** By name of a chart, the results that it shows. */
const CHARTS = {
  servers: { results: "server", draw: serversChart },
  storages: { results: "scopes", draw: storagesChart },
};

/** @returns {Record<string, string>} SVGs by name of the file, of all charts whose results are stored */
export function drawCharts() {
  /** @type {Record<string, string>} */
  const files = {};
  for (const [name, { results, draw }] of Object.entries(CHARTS)) {
    const stored = readResults(results);
    if (stored === undefined) continue;
    for (const [theme, look] of Object.entries(THEMES)) files[`${name}-${theme}.svg`] = draw(stored, look);
  }
  return files;
}
