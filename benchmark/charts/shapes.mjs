// What echarts calls for each item of a series that it does not know how to draw.

/** Half the size of a mark. */
const MARK = 6;

/**
 * A box from the item's first number to its second, over the heights that follow.
 *
 * @param {string} fill
 */
export const band = (fill) => (/** @type {any} */ _, /** @type {any} */ api) => {
  const [x, y] = api.coord([api.value(0), api.value(2)]);
  const [right, bottom] = api.coord([api.value(1), api.value(3)]);
  return { type: "rect", shape: { x, y, width: right - x, height: bottom - y }, style: { fill } };
};

/**
 * A line at the item's first number, over the heights that follow.
 *
 * @param {string} stroke
 */
export const vertical = (stroke) => (/** @type {any} */ _, /** @type {any} */ api) => {
  const [x, y1] = api.coord([api.value(0), api.value(1)]);
  const [, y2] = api.coord([api.value(0), api.value(2)]);
  return { type: "line", shape: { x1: x, y1, x2: x, y2 }, style: { stroke, lineWidth: 2 } };
};

/**
 * A mark at the item's first number, and its interval, from the second to the third, at the height that follows.
 *
 * @param {string} colour
 * @param {string} symbol
 */
export const estimate = (colour, symbol) => (/** @type {any} */ _, /** @type {any} */ api) => {
  const at = api.value(3);
  const [[x, y], [x1], [x2]] = [0, 1, 2].map((index) => api.coord([api.value(index), at]));
  const bar = { type: "line", shape: { x1, y1: y, x2, y2: y }, style: { stroke: colour, lineWidth: 3 } };
  return { type: "group", children: [bar, { ...markAt(x, y, symbol), style: { fill: colour } }] };
};

/**
 * @param {number} x
 * @param {number} y
 * @param {string} symbol
 */
function markAt(x, y, symbol) {
  if (symbol === "circle") return { type: "circle", shape: { cx: x, cy: y, r: MARK } };
  if (symbol === "rect")
    return { type: "rect", shape: { x: x - MARK + 1, y: y - MARK + 1, width: 2 * MARK - 2, height: 2 * MARK - 2 } };
  const reach = MARK + 1;
  return {
    type: "polygon",
    shape: {
      points: [
        [x - reach, y],
        [x, y - reach],
        [x + reach, y],
        [x, y + reach],
      ],
    },
  };
}
