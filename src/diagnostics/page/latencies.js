import { byId, duration, element, keep, setText, shape } from "./dom.js";

// Latencies by label: a small histogram for each.

/** Labels shown, those with the most requests. */
const SHOWN = 30;
const WIDTH = 110;
const HEIGHT = 24;

/** @type {Map<string, Element>} rows by label */
const rows = new Map();

/** @param {any} response of `/counters` */
export function showLatencies({ histograms }) {
  const shown = histograms.slice(0, SHOWN);
  const rest = histograms.length > SHOWN ? ` (top ${SHOWN} of ${histograms.length})` : "";
  const plots = "Plots range from 10 ms on the left to over 10 s on the right.";
  setText(byId("latencies-caption"), `Latency of closed requests, by label${rest}. ${plots}`);
  keep(byId("latencies"), rows, shown, {
    key: ({ label }) => label,
    make: ({ label }) => {
      const cells = ["", "number", "number", "number", "number", "number"];
      const name = element("th", { scope: "row" }, label || "(no label)");
      return element("tr", {}, name, ...cells.map((kind) => element("td", kind ? { class: kind } : {})));
    },
    update: updateRow,
  });
}

/**
 * @param {HTMLTableRowElement} row
 * @param {any} item
 */
function updateRow(row, item) {
  const count = String(item.count);
  // No new requests.
  if (row.cells[2].textContent === count) return;
  row.cells[1].replaceChildren(draw(item.buckets));
  const times = [item.p50, item.p90, item.p99, item.max].map(duration);
  for (const [index, text] of [count, ...times].entries()) setText(row.cells[index + 2], text);
}

/** @param {Array<{ upToMs: number | null, count: number }>} buckets */
function draw(buckets) {
  const most = Math.max(1, ...buckets.map(({ count }) => count));
  const width = WIDTH / buckets.length;
  const bars = buckets.map(({ count }, index) => {
    const height = count === 0 ? 0 : Math.max(1.5, (count / most) * HEIGHT);
    return shape("rect", { x: index * width, y: HEIGHT - height, width: width - 1, height });
  });
  const base = shape("line", { x1: 0, y1: HEIGHT, x2: WIDTH, y2: HEIGHT });
  const view = { viewBox: `0 0 ${WIDTH} ${HEIGHT + 1}`, preserveAspectRatio: "none" };
  return shape("svg", { class: "distribution", role: "img", "aria-label": inWords(buckets), ...view }, base, ...bars);
}

/** @param {Array<{ upToMs: number | null, count: number }>} buckets */
function inWords(buckets) {
  const parts = buckets.flatMap(({ upToMs, count }) => {
    if (count === 0) return [];
    return [`${count} ${upToMs === null ? "longer" : `up to ${duration(upToMs)}`}`];
  });
  return parts.join(", ") || "none";
}
