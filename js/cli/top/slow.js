import { clean, cut, duration, pad, widthOf } from "../text.js";

/** @import { Slow, SlowWait } from "../../inspect.js" */
/** @import { Line } from "./view.js" */

/**
 * The slowest requests, each with what it waited for in the lines below it.
 *
 * @param {Slow[]} slow
 * @param {number} width columns
 * @returns {Line[]} the heading, then the lines
 */
export function slowTable(slow, width) {
  const requests = slow.flatMap((label) => label.requests).sort((a, b) => b.ms - a.ms);
  const took = ["TOOK", ...requests.map(({ ms }) => duration(ms))];
  const ago = ["AGO", ...requests.map(({ agoMs }) => duration(agoMs))];
  const widths = [took, ago].map((cells) => Math.max(...cells.map(widthOf)));
  const row = (/** @type {number} */ index, /** @type {string} */ label) =>
    cut(`  ${pad(took[index], widths[0], true)}  ${pad(ago[index], widths[1], true)}  ${label}`, width);
  const indent = " ".repeat(widths[0] + widths[1] + 8);
  return [
    { text: row(0, "SLOWEST REQUESTS OF THE LAST 10 MINUTES"), style: "bold" },
    ...requests.flatMap(({ label, waits }, index) => [
      { text: row(index + 1, clean(label)) },
      ...waits.map((wait) => ({ text: cut(indent + aboutWait(wait), width) })),
    ]),
  ];
}

/** @param {SlowWait} wait */
function aboutWait({ label, ms, afterMs, state }) {
  return `${duration(ms)}${state === "closed" ? "" : ", not over"}: ${clean(label)}, after ${duration(afterMs)}`;
}
