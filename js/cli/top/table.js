import { clean, cut, duration, pad, waitOf, widthOf } from "../text.js";

/** @import { ContextInfo } from "../../../index.js" */
/** @import { InFlight } from "../../inspect.js" */
/** @import { Line } from "./view.js" */

/** Columns that the labels get before another column has to make room for them. */
const LABEL_WIDTH = 24;

const GAP = "  ";

/** The columns before the label. */
const COLUMNS = [
  { name: "ID", right: true, of: (/** @type {ContextInfo} */ { id }) => whole(id) },
  { name: "AGE", right: true, of: (/** @type {ContextInfo} */ { ageMs }) => duration(ageMs) },
  { name: "IDLE", right: true, of: (/** @type {ContextInfo} */ { idleMs }) => duration(idleMs) },
  { name: "STATE", right: false, of: (/** @type {ContextInfo} */ { state }) => clean(state) },
  { name: "KIND", right: false, of: (/** @type {ContextInfo} */ { kind }) => clean(kind) },
  { name: "THREAD", right: true, of: (/** @type {ContextInfo} */ { thread }) => whole(thread) },
];

/** What makes room first in a narrow terminal. */
const DISPENSABLE = ["ID", "KIND", "IDLE", "THREAD", "STATE"];

/** @param {unknown} value */
function whole(value) {
  return Number.isSafeInteger(value) ? String(value) : "?";
}

/**
 * The requests in flight, those that block a thread first.
 *
 * @param {InFlight[]} requests
 * @param {Map<number, string>} marks by `id`, one character
 * @param {number} width columns
 * @returns {Line[]} the heading, then a line for each
 */
export function table(requests, marks, width) {
  const marked = requests.filter(({ id }) => marks.has(id));
  const rows = [...marked, ...requests.filter(({ id }) => !marks.has(id))];
  const columns = COLUMNS.map(({ name, right, of }) => {
    const cells = rows.map(of);
    return { name, right, cells, width: Math.max(name.length, ...cells.map(widthOf)) };
  });
  const rest = () => width - 1 - columns.reduce((sum, column) => sum + column.width + GAP.length, 0) - 1;
  for (const name of DISPENSABLE) {
    if (rest() >= LABEL_WIDTH) break;
    const at = columns.findIndex((column) => column.name === name);
    columns.splice(at, 1);
  }
  /**
   * @param {string} mark
   * @param {string[]} cells
   * @param {string} label
   */
  const row = (mark, cells, label) => {
    const padded = columns.map((column, index) => pad(cells[index], column.width, column.right));
    return cut([`${mark} ${padded[0]}`, ...padded.slice(1), label].join(GAP), width);
  };
  const names = columns.map(({ name }) => name);
  return [
    { text: row(" ", names, "LABEL"), style: "bold" },
    ...rows.map((request, at) => {
      const cells = columns.map((column) => column.cells[at]);
      const mark = marks.get(request.id);
      // What blocks its thread does not wait.
      const wait = mark === undefined ? waitOf(request) : "";
      const label = clean(request.label) + (wait && GAP + wait);
      return { text: row(mark ?? " ", cells, label), style: /** @type {Line["style"]} */ (mark && "red") };
    }),
  ];
}
