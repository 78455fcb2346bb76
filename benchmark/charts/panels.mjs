import { FONT } from "./theme.mjs";

/** @typedef {import("./theme.mjs").Theme} Theme */
/** @typedef {{ name: string, colour: "grey" | "blue" | "orange" | "green", symbol: string }} Shown a variant and how it is drawn */

/**
 * @param {string} node as in results; the one flag that is measured makes async context travel in frames
 */
export function nodeTitle(node) {
  const [version, ...flags] = node.split(" ");
  return `Node ${Number.parseInt(version, 10)}${flags.length > 0 ? " with frames" : ""}`;
}

/**
 * Text at a place of the chart.
 *
 * @param {Theme} theme
 * @param {string} text
 * @param {{ left: number, top: number, bold?: boolean, right?: boolean, size?: number }} place `right`: ends at `left`
 */
export function label(theme, text, { left, top, bold = false, right = false, size = FONT.size }) {
  const style = { text, fill: theme.text, font: `${bold ? "bold " : ""}${size}px ${FONT.family}` };
  return { type: "text", x: left, y: top, style: { ...style, align: right ? "right" : "left", verticalAlign: "top" } };
}

/**
 * @param {Theme} theme
 * @param {Shown[]} shown
 * @param {{ left: number, top: number }} place
 */
export function legend(theme, shown, place) {
  return {
    ...place,
    itemGap: 28,
    itemWidth: 18,
    itemHeight: 16,
    textStyle: { color: theme.text, fontSize: FONT.size },
    data: shown.map(({ name, symbol }) => ({ name, icon: symbol })),
    selectedMode: false,
  };
}

/** @param {Theme} theme */
export const axisLook = (theme) => ({
  axisLine: { show: false },
  axisTick: { show: false },
  axisLabel: { color: theme.text, fontSize: FONT.small, margin: 10 },
  splitLine: { lineStyle: { color: theme.faint } },
});
