// What `await` and `run` cost with few and with many storages.

import { digits } from "../_util/markdown.mjs";
import { axisLook, label, legend, nodeTitle } from "./panels.mjs";
import { toSvg } from "./svg.mjs";

const TITLE = "Time of one operation with N storages";
/** @type {import("./panels.mjs").Shown[]} */
const SHOWN = [
  { name: "real", colour: "grey", symbol: "circle" },
  { name: "slots", colour: "orange", symbol: "diamond" },
  { name: "register", colour: "blue", symbol: "rect" },
];
const COLUMNS = [
  { title: "await, N in use", row: /^await with (\d+) in use$/ },
  { title: "run, N nested", row: /^enter (\d+) nested$/ },
];

const HEAD = 118;
const PANEL = { height: 150, step: 226, left: [76, 482], width: 300 };
/** Between the title of a Node and its panels. */
const BELOW_TITLE = 34;

/**
 * @param {import("../_util/results.mjs").Results} results of scopes.mjs
 * @param {import("./theme.mjs").Theme} theme
 */
export function storagesChart(results, theme) {
  const { parts } = results;
  const panels = parts.flatMap((part, row) =>
    COLUMNS.map((column, at) => ({
      ...place(row, at),
      title: `${nodeTitle(part.node)}`,
      lines: linesOf(part, column.row),
    })),
  );
  const ranges = COLUMNS.map((_, at) => rangeOf(panels.filter((__, index) => index % COLUMNS.length === at)));
  const ns = panels.flatMap(({ lines }) => lines[0].map(([storages]) => storages));
  const height = HEAD + parts.length * PANEL.step;
  const option = {
    backgroundColor: theme.background,
    legend: legend(theme, SHOWN, { left: 8, top: 42 }),
    graphic: [
      label(theme, TITLE, { left: 12, top: 12, bold: true }),
      ...COLUMNS.map(({ title }, at) => label(theme, title, { left: PANEL.left[at], top: 84 })),
      ...parts.map(({ node }, row) =>
        label(theme, nodeTitle(node), { left: 12, top: place(row, 0).top - BELOW_TITLE, bold: true }),
      ),
    ],
    grid: panels.map(({ left, top }) => ({ left, top, width: PANEL.width, height: PANEL.height })),
    xAxis: panels.map((_, gridIndex) => ({
      ...axisLook(theme),
      gridIndex,
      type: "value",
      min: 0,
      max: Math.max(...ns),
      interval: 4,
      splitLine: { show: false },
    })),
    yAxis: panels.map((_, gridIndex) => {
      const [min, max] = ranges[gridIndex % COLUMNS.length];
      const look = axisLook(theme);
      return { ...look, gridIndex, type: "log", min, max, axisLabel: { ...look.axisLabel, formatter: duration } };
    }),
    series: panels.flatMap(({ lines }, index) =>
      SHOWN.map(({ name, colour, symbol }, at) => ({
        name,
        type: "line",
        xAxisIndex: index,
        yAxisIndex: index,
        data: lines[at],
        symbol,
        symbolSize: 13,
        clip: false,
        color: theme[colour],
        itemStyle: { color: theme[colour], opacity: 1 },
        lineStyle: { width: 3, type: name === "real" ? "dashed" : "solid" },
        silent: true,
      })),
    ),
  };
  return toSvg(option, height, storagesAlt(results));
}

/** @param {import("../_util/results.mjs").Results} results */
export function storagesAlt({ parts }) {
  const text = (/** @type {string} */ node, /** @type {string} */ row, /** @type {string} */ what) => {
    const part = parts.find((each) => nodeTitle(each.node) === node);
    const cells = part?.rows.find((each) => each.row === row)?.cells ?? {};
    const [real, register] = [cells.real, cells.register].map(
      (cell) => `${digits(/** @type {any} */ (cell).median)} ns`,
    );
    return `${what} on ${node} takes ${real} with Node's storages and ${register} with onescope/register`;
  };
  return `${text("Node 22", "await with 12 in use", "An await with 12 storages in use")}; ${text("Node 24", "enter 12 nested", "entering 12 nested storages")}.`;
}

/**
 * @param {number} row
 * @param {number} at
 */
const place = (row, at) => ({ left: PANEL.left[at], top: HEAD + BELOW_TITLE + row * PANEL.step });

/**
 * @param {import("../_util/results.mjs").Part} part
 * @param {RegExp} pattern with the number of storages
 * @returns {[number, number][][]} storages and nanoseconds, of each variant
 */
function linesOf({ rows }, pattern) {
  return SHOWN.map(({ name }) =>
    rows.flatMap(({ row, cells }) => {
      const [, storages] = pattern.exec(row) ?? [];
      const cell = cells[name];
      return storages === undefined || typeof cell !== "object" ? [] : [[Number(storages), cell.median]];
    }),
  );
}

/**
 * Whole powers of ten, the same for all Nodes. A point may be a little below.
 *
 * @param {{ lines: [number, number][][] }[]} panels
 */
function rangeOf(panels) {
  const values = panels.flatMap(({ lines }) => lines.flat().map(([, ns]) => ns));
  return [10 ** Math.floor(Math.log10(1.25 * Math.min(...values))), 10 ** Math.ceil(Math.log10(Math.max(...values)))];
}

/** @param {number} ns */
const duration = (ns) => (ns < 1000 ? `${ns} ns` : `${ns / 1000} µs`);
