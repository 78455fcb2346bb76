import { CustomChart, LineChart } from "echarts/charts";
import { GraphicComponent, GridComponent, LegendComponent, TitleComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { FONT, WIDTH } from "./theme.mjs";

use([CustomChart, LineChart, GraphicComponent, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

/**
 * @param {object} option of echarts
 * @param {number} height
 * @param {string} label what it shows, for who does not see it
 * @returns {string} an SVG without scripts, the same for the same option
 */
export function toSvg(option, height, label) {
  const chart = init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height });
  const textStyle = { fontFamily: FONT.family, fontSize: FONT.size };
  chart.setOption(/** @type {any} */ ({ animation: false, textStyle, ...option }));
  const svg = chart.renderToSVGString({ useViewBox: true });
  chart.dispose();
  return `${still(svg).replace(/(<svg[^>]*)>/, `$1 role="img">\n<title>${label}</title>`)}\n`;
}

/**
 * Without what only a page with echarts uses, and without the number of the chart, which counts those of the process.
 *
 * @param {string} svg
 */
function still(svg) {
  return svg
    .replace(/<style >.*?<\/style>\s*/s, "")
    .replace(/ (?:class|pointer-events|ecmeta_\w+)="[^"]*"/g, "")
    .replace(/\bzr\d+-/g, "");
}
