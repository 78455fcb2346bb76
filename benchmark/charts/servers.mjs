// How many requests a second whole servers answer, compared with stock vinext.

import { axisLook, label, legend, nodeTitle } from "./panels.mjs";
import { toSvg } from "./svg.mjs";
import { FONT } from "./theme.mjs";

/** @typedef {import("../_util/results.mjs").Cell} Cell */
/** @typedef {import("./theme.mjs").Theme} Theme */

const TITLE = "Requests per second, compared with stock vinext";
/** @type {import("./panels.mjs").Shown[]} */
const SHOWN = [
  { name: "plugin", colour: "orange", symbol: "diamond" },
  { name: "register", colour: "blue", symbol: "rect" },
  { name: "both", colour: "green", symbol: "circle" },
];
/** Stock vinext beside stock vinext: what chance makes of no difference. */
const CONTROL = "control";

const HEAD = 112;
/** Heights of what a Node has below each other: title, a line for each variant of each route, a gap below each route, the axis. */
const STEP = { title: 34, line: 22, gap: 14, axis: 52 };
const PLOT = { left: 210, width: 490 };
const MARK = 7;

/**
 * @param {import("../_util/results.mjs").Results} results of server.mjs
 * @param {Theme} theme
 */
export function serversChart({ parts }, theme) {
  const perRoute = SHOWN.length * STEP.line + STEP.gap;
  let top = HEAD;
  const panels = parts.map((part) => {
    const panel = { part, top: top + STEP.title, height: part.rows.length * perRoute };
    top += STEP.title + panel.height + STEP.axis;
    return panel;
  });
  const range = rangeOf(parts);
  const look = axisLook(theme);
  const option = {
    backgroundColor: theme.background,
    legend: legend(theme, SHOWN, { left: 8, top: 42 }),
    graphic: [
      label(theme, TITLE, { left: 12, top: 12, bold: true }),
      label(theme, "Bars: 95 % intervals. Shaded: stock against itself.", { left: 12, top: 78, size: FONT.small }),
      ...panels.flatMap((panel) => labelsOf(panel, theme, perRoute)),
    ],
    grid: panels.map(({ top, height }) => ({ ...PLOT, top, height })),
    xAxis: panels.map((_, gridIndex) => ({
      ...look,
      gridIndex,
      type: "value",
      ...range,
      axisLabel: { ...look.axisLabel, formatter: (/** @type {number} */ ratio) => `×${Number(ratio.toFixed(2))}` },
    })),
    yAxis: panels.map(({ height }, gridIndex) => ({
      gridIndex,
      type: "value",
      min: 0,
      max: height,
      inverse: true,
      show: false,
    })),
    series: panels.flatMap(({ part, height }, index) => {
      const axes = { type: "custom", xAxisIndex: index, yAxisIndex: index, silent: true, clip: false };
      const bands = part.rows.map(({ cells }, route) => [
        intervalOf(cells[CONTROL]),
        route * perRoute,
        (route + 1) * perRoute - STEP.gap,
      ]);
      return [
        {
          ...axes,
          data: bands.flatMap(([ends, from, to]) => (ends ? [[.../** @type {number[]} */ (ends), from, to]] : [])),
          renderItem: band(theme),
        },
        { ...axes, data: [[1, 0, height - STEP.gap]], renderItem: equal(theme) },
        ...SHOWN.map(({ name, colour, symbol }, line) => ({
          ...axes,
          name,
          color: theme[colour],
          data: part.rows.flatMap(({ cells }, route) => {
            const cell = cells[name];
            if (typeof cell !== "object" || cell.ratio === undefined) return [];
            const at = route * perRoute + (line + 0.5) * STEP.line;
            return [[cell.ratio, ...(intervalOf(cell) ?? [cell.ratio, cell.ratio]), at]];
          }),
          renderItem: estimate(theme[colour], symbol),
        })),
      ];
    }),
  };
  return toSvg(option, top, TITLE);
}

/**
 * @param {{ part: import("../_util/results.mjs").Part, top: number }} panel
 * @param {Theme} theme
 * @param {number} perRoute
 */
function labelsOf({ part, top }, theme, perRoute) {
  const right = PLOT.left + PLOT.width + 88;
  return [
    label(theme, nodeTitle(part.node), { left: 12, top: top - STEP.title, bold: true }),
    ...part.rows.flatMap(({ row, cells }, route) => [
      label(theme, row, { left: 12, top: top + route * perRoute + STEP.line, size: FONT.small }),
      ...SHOWN.flatMap(({ name }, line) => {
        const cell = cells[name];
        if (typeof cell !== "object" || cell.ratio === undefined) return [];
        const place = {
          left: right,
          top: top + route * perRoute + line * STEP.line + 2,
          right: true,
          size: FONT.small,
        };
        return [label(theme, `×${cell.ratio.toFixed(2)}`, place)];
      }),
    ]),
  ];
}

/** @param {Cell | number | undefined} cell */
const intervalOf = (cell) => (typeof cell === "object" ? cell.interval : undefined);

/**
 * Whole steps around all that is drawn.
 *
 * @param {import("../_util/results.mjs").Part[]} parts
 */
function rangeOf(parts) {
  const ends = parts.flatMap(({ rows }) =>
    rows.flatMap(({ cells }) =>
      [...SHOWN.map(({ name }) => name), CONTROL].flatMap((name) => {
        const cell = cells[name];
        return typeof cell === "object" && cell.ratio !== undefined ? [cell.ratio, ...(cell.interval ?? [])] : [];
      }),
    ),
  );
  const [least, most] = [Math.min(1, ...ends), Math.max(1, ...ends)];
  const interval = [0.05, 0.1, 0.2, 0.5, 1].find((step) => most - least < 6 * step) ?? 2;
  return { min: interval * Math.floor(least / interval), max: interval * Math.ceil(most / interval), interval };
}

/** @param {Theme} theme */
const band = (theme) => (/** @type {any} */ _, /** @type {any} */ api) => {
  const [x, y] = api.coord([api.value(0), api.value(2)]);
  const [right, bottom] = api.coord([api.value(1), api.value(3)]);
  return { type: "rect", shape: { x, y, width: right - x, height: bottom - y }, style: { fill: theme.band } };
};

/** @param {Theme} theme */
const equal = (theme) => (/** @type {any} */ _, /** @type {any} */ api) => {
  const [x, y1] = api.coord([api.value(0), api.value(1)]);
  const [, y2] = api.coord([api.value(0), api.value(2)]);
  return { type: "line", shape: { x1: x, y1, x2: x, y2 }, style: { stroke: theme.grey, lineWidth: 2 } };
};

/**
 * @param {string} colour
 * @param {string} symbol
 */
const estimate = (colour, symbol) => (/** @type {any} */ _, /** @type {any} */ api) => {
  const at = api.value(3);
  const [x, y] = api.coord([api.value(0), at]);
  const [[x1], [x2]] = [1, 2].map((end) => api.coord([api.value(end), at]));
  const shapes = {
    circle: { type: "circle", shape: { cx: x, cy: y, r: MARK } },
    rect: { type: "rect", shape: { x: x - MARK + 1, y: y - MARK + 1, width: 2 * MARK - 2, height: 2 * MARK - 2 } },
    diamond: {
      type: "polygon",
      shape: {
        points: [
          [x - MARK - 1, y],
          [x, y - MARK - 1],
          [x + MARK + 1, y],
          [x, y + MARK + 1],
        ],
      },
    },
  };
  const bar = { type: "line", shape: { x1, y1: y, x2, y2: y }, style: { stroke: colour, lineWidth: 3 } };
  return {
    type: "group",
    children: [bar, { ...shapes[/** @type {keyof typeof shapes} */ (symbol)], style: { fill: colour } }],
  };
};
