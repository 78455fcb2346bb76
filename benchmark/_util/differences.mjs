import { align, digits, machineOf } from "./markdown.mjs";

/** @typedef {import("./results.mjs").Results} Results */
/** @typedef {import("./stats.mjs").Cell & { added: number }} Difference `interval` is that of what is added */

/**
 * Markdown of results that are differences to a reference, not ratios.
 *
 * @param {Results} results
 * @returns {string}
 */
export function differencesMarkdown({ title, notes, subject = "operation", variants, reference, parts }) {
  const sections = parts.map((part) => {
    const body = part.rows.map(({ row, cells }) => [
      row,
      ...variants.map((name) => textOf(/** @type {Difference} */ (cells[name]), name === reference)),
    ]);
    return [`## Node ${part.node}`, machineOf(part), align([[subject, ...variants], ...body]).join("\n")].join("\n\n");
  });
  return `${[`# ${title}`, notes, ...sections].join("\n\n")}\n`;
}

/**
 * @param {Difference} cell
 * @param {boolean} isReference
 */
function textOf({ median, minimum, added, interval = [added, added] }, isReference) {
  if (isReference) return `${digits(median)} (${digits(minimum)})`;
  return `${digits(median)} ${signed(added)} [${interval.map(signed).join(", ")}]`;
}

/** @param {number} value */
const signed = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)}`;
