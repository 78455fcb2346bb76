import { byId, duration, element, keep, setText } from "./dom.js";

// The slowest requests of the last minutes, with what they waited for.

/** Requests shown, the slowest of all labels. */
const SHOWN = 20;

/** @type {Map<string, Element>} rows by id of the request */
const rows = new Map();

/** @param {{ slow: Array<{ requests: any[] }> }} response of `/slow` */
export function showSlow({ slow }) {
  const all = slow.flatMap(({ requests }) => requests).sort((a, b) => b.ms - a.ms);
  const rest = all.length > SHOWN ? ` (top ${SHOWN} of ${all.length})` : "";
  setText(byId("slow-caption"), `The slowest requests of each label in the last 10 minutes${rest}`);
  keep(byId("slow"), rows, all.slice(0, SHOWN), {
    key: ({ id }) => String(id),
    make: ({ label, kind }) => {
      const cells = ["number", "number", ""].map((kind) => element("td", kind ? { class: kind } : {}));
      return element("tr", {}, element("th", { scope: "row" }, label || kind), ...cells);
    },
    update: updateRow,
  });
}

/**
 * @param {HTMLTableRowElement} row
 * @param {any} request
 */
function updateRow(row, { ms, agoMs, waits }) {
  setText(row.cells[1], duration(ms));
  setText(row.cells[2], `${duration(agoMs)} ago`);
  setText(row.cells[3], waits.map(describe).join("; ") || "nothing known");
}

/** @param {any} wait */
function describe({ label, ms, afterMs, state }) {
  return `${label} ${duration(ms)}${state === "closed" ? "" : ", not over"} (after ${duration(afterMs)})`;
}
