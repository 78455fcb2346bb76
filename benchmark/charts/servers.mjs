// How many requests a second whole servers answer, compared with stock vinext.

import { axisLook, label, legend, nodeTitle } from "./panels.mjs";
import { band, estimate, vertical } from "./shapes.mjs";
import { toSvg } from "./svg.mjs";
import { FONT } from "./theme.mjs";

/** @typedef {import("../_util/results.mjs").Results} Results */
/** @typedef {import("../_util/results.mjs").Part} Part */
/** @typedef {import("./theme.mjs").Theme} Theme */

const TITLE = "Requests per second, compared with stock vinext";
/** @type {import("./panels.mjs").Shown[]} */
const SHOWN = [
  { name: "plugin", colour: "orange", symbol: "diamond" },
  { name: "register", colour: "blue", symbol: "rect" },
  { name: "both", colour: "green", symbol: "circle" },
];
/** Stock vinext beside stock vinext: what the method makes of no difference. */
const CONTROL = "control";
/** Whose ratio is written too. */
const WRITTEN = "both";

/** Panels in two columns; in each a title, then each route with its name, a line for each variant and a gap, then the axis. */
const LEFT = [16, 426];
const WIDTH = 358;
const HEIGHTS = { head: 118, title: 36, name: 26, line: 15, gap: 14, axis: 64 };
const PER_ROUTE = HEIGHTS.name + SHOWN.length * HEIGHTS.line + HEIGHTS.gap;

/**
 * @param {Results} results of server.mjs
 * @param {Theme} theme
 */
export function serversChart(results, theme) {
  const routes = Math.max(...results.parts.map((part) => rowsOf(part).length));
  const height = routes * PER_ROUTE;
  const perPanel = HEIGHTS.title + height + HEIGHTS.axis;
  const panels = results.parts.map((part, index) => ({
    part,
    left: LEFT[index % LEFT.length],
    top: HEIGHTS.head + Math.floor(index / LEFT.length) * perPanel + HEIGHTS.title,
  }));
  const look = axisLook(theme);
  const range = rangeOf(results.parts);
  const option = {
    backgroundColor: theme.background,
    legend: legend(theme, SHOWN, { left: 8, top: 42 }),
    graphic: [
      label(theme, TITLE, { left: 12, top: 12, bold: true }),
      label(theme, `Lines: 95 % intervals. Shaded: stock beside stock. Written: ${WRITTEN}.`, {
        left: 12,
        top: 80,
        size: FONT.small,
      }),
      ...panels.flatMap((panel) => labelsOf(panel, theme)),
    ],
    grid: panels.map(({ left, top }) => ({ left, top, width: WIDTH, height })),
    xAxis: panels.map((_, gridIndex) => {
      const formatter = (/** @type {number} */ ratio) => `×${Number(ratio.toFixed(2))}`;
      return {
        ...look,
        gridIndex,
        type: "value",
        ...range,
        axisLabel: { ...look.axisLabel, formatter, alignMinLabel: "left", alignMaxLabel: "right" },
      };
    }),
    yAxis: panels.map((_, gridIndex) => ({
      gridIndex,
      type: "value",
      min: 0,
      max: height,
      inverse: true,
      show: false,
    })),
    series: panels.flatMap(({ part }, index) => seriesOf(part, index, theme)),
  };
  return toSvg(option, HEIGHTS.head + Math.ceil(panels.length / LEFT.length) * perPanel, serversAlt(results));
}

/** @param {Results} results */
export function serversAlt({ parts }) {
  const texts = parts.map((part) => `${span(part, WRITTEN, (cell) => [cell.ratio])} on ${nodeTitle(part.node)}`);
  const controls = parts.map(
    (part) => `${span(part, CONTROL, (cell) => cell.interval ?? [])} on ${nodeTitle(part.node)}`,
  );
  return `Requests per second of vinext with plugin and register, compared with stock, over all routes: ${texts.join(", ")}. Stock beside stock: ${controls.join(", ")}.`;
}

/**
 * @param {Part} part
 * @param {string} variant
 * @param {(cell: import("../_util/results.mjs").Cell) => (number | undefined)[]} numbers
 */
function span(part, variant, numbers) {
  const values = rowsOf(part)
    .flatMap(({ cells }) => numbers(/** @type {any} */ (cells[variant]) ?? {}))
    .filter((value) => value !== undefined);
  const [least, most] = [Math.min(...values), Math.max(...values)].map((ratio) => `×${ratio.toFixed(2)}`);
  return least === most ? least : `${least} to ${most}`;
}

/**
 * @param {{ part: Part, left: number, top: number }} panel
 * @param {Theme} theme
 */
function labelsOf({ part, left, top }, theme) {
  return [
    label(theme, nodeTitle(part.node), { left, top: top - HEIGHTS.title, bold: true }),
    ...rowsOf(part).flatMap(({ route, cells }, index) => {
      const at = top + index * PER_ROUTE + 3;
      const ratio = ratioOf(cells[WRITTEN]);
      const written = ratio === undefined ? "n/a" : `×${ratio.toFixed(2)}`;
      return [
        label(theme, route, { left, top: at, size: FONT.small }),
        label(theme, written, { left: left + WIDTH, top: at, right: true, size: FONT.small }),
      ];
    }),
  ];
}

/**
 * @param {Part} part
 * @param {number} index of the panel
 * @param {Theme} theme
 */
function seriesOf(part, index, theme) {
  const axes = { type: "custom", xAxisIndex: index, yAxisIndex: index, silent: true, clip: false };
  const rows = rowsOf(part);
  const from = (/** @type {number} */ route) => route * PER_ROUTE + HEIGHTS.name;
  const to = (/** @type {number} */ route) => (route + 1) * PER_ROUTE - HEIGHTS.gap;
  const bands = rows.flatMap(({ cells }, route) => {
    const ends = intervalOf(cells[CONTROL]);
    return ends === undefined ? [] : [[...ends, from(route), to(route)]];
  });
  return [
    { ...axes, data: bands, renderItem: band(theme.band) },
    { ...axes, data: rows.map((_, route) => [1, from(route), to(route)]), renderItem: vertical(theme.grey) },
    ...SHOWN.map(({ name, colour, symbol }, line) => ({
      ...axes,
      name,
      color: theme[colour],
      data: rows.flatMap(({ cells }, route) => {
        const ratio = ratioOf(cells[name]);
        if (ratio === undefined) return [];
        return [[ratio, ...(intervalOf(cells[name]) ?? [ratio, ratio]), from(route) + (line + 0.5) * HEIGHTS.line]];
      }),
      renderItem: estimate(theme[colour], symbol),
    })),
  ];
}

/** @param {Part} part */
const rowsOf = ({ rows }) =>
  /** @type {Array<Part["rows"][number] & { route: string, measure: string }>} */ (rows).filter(
    ({ measure }) => measure === "throughput",
  );

/** @typedef {Part["rows"][number]["cells"][string]} AnyCell */

/** @param {AnyCell} cell */
const ratioOf = (cell) => (typeof cell === "object" ? cell.ratio : undefined);

/** @param {AnyCell} cell */
const intervalOf = (cell) => (typeof cell === "object" ? cell.interval : undefined);

/**
 * Whole steps around all that is drawn.
 *
 * @param {Part[]} parts
 */
function rangeOf(parts) {
  const drawn = [...SHOWN.map(({ name }) => name), CONTROL];
  const cells = parts.flatMap((part) => rowsOf(part).flatMap((row) => drawn.map((name) => row.cells[name])));
  const ends = cells.flatMap((cell) => [ratioOf(cell) ?? 1, ...(intervalOf(cell) ?? [])]);
  const [least, most] = [Math.min(1, ...ends), Math.max(1, ...ends)];
  const interval = [0.02, 0.05, 0.1, 0.2, 0.5, 1].find((step) => most - least < 5 * step) ?? 2;
  return { min: interval * Math.floor(least / interval), max: interval * Math.ceil(most / interval), interval };
}
