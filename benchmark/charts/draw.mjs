import { readResults } from "../_util/results.mjs";
import { serversAlt, serversChart } from "./servers.mjs";
import { storagesAlt, storagesChart } from "./storages.mjs";
import { THEMES, WIDTH } from "./theme.mjs";

/** By name of a chart, the results that it shows. */
const CHARTS = {
  servers: { results: "server", draw: serversChart, alt: serversAlt },
  storages: { results: "scopes", draw: storagesChart, alt: storagesAlt },
};

/**
 * A page with a chart after each comment that names one, if its results are stored, and its main figures as text: where a page is shown
 * without its repository, as on npm, there are no pictures.
 *
 * @param {string} page Markdown
 * @param {string} results where the charts are, from the page
 */
export function withCharts(page, results) {
  return page.replace(/(<!-- chart: (\w+) -->\n)(<picture>.*?<\/picture>\n\n[^\n]*\n)?/gs, (_, comment, name) => {
    const chart = CHARTS[/** @type {keyof typeof CHARTS} */ (name)];
    const stored = readResults(chart.results);
    return comment + (stored === undefined ? "" : picture(`${results}/${name}`, chart.alt(stored)));
  });
}

/**
 * @param {string} path without theme and extension
 * @param {string} alt
 */
const picture = (path, alt) => `<picture>
  <source media="(prefers-color-scheme: dark)" srcset="${path}-dark.svg">
  <img alt="${alt}" src="${path}-light.svg" width="${WIDTH}">
</picture>

${alt}
`;

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
