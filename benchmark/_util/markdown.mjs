/** @typedef {import("./results.mjs").Results} Results */
/** @typedef {import("./results.mjs").Part} Part */
/** @typedef {import("./stats.mjs").Cell} Cell */

/**
 * @param {Results} results
 * @returns {string}
 */
export function markdownOf(results) {
  const { title, notes, parts } = results;
  return `${[`# ${title}`, notes, ...parts.map((part) => section(part, results))].join("\n\n")}\n`;
}

/**
 * @param {Part} part
 * @param {Results} results
 */
function section(part, results) {
  const { subject = "operation", variants } = results;
  const body = part.rows.map(({ row, cells }) => [row, ...variants.map((name) => textOf(cells[name], name, results))]);
  return [
    `## Node ${part.node}`,
    machineOf(part),
    align([[subject, ...variants], ...body]).join("\n"),
    ...(results.reference === undefined ? [] : [losses(part, results)]),
  ].join("\n\n");
}

/**
 * What a part's figures depend on, as a list.
 *
 * @param {Part} part
 */
export function machineOf({ machine }) {
  return Object.entries(machine)
    .map(([key, value]) => `- ${key}: ${value}`)
    .join("\n");
}

/**
 * A Markdown table that also reads well in a terminal.
 *
 * @param {string[][]} lines the first is the head
 */
export function align(lines) {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const [head, ...body] = lines.map((line) =>
    line.map((text, column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column]))),
  );
  const separator = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [head, separator, ...body].map((line) => `| ${line.join(" | ")} |`);
}

/**
 * @param {Cell | number | undefined} cell
 * @param {string} variant
 * @param {Results} results
 */
function textOf(cell, variant, { reference, minima = false }) {
  if (cell === undefined) return "n/a";
  if (typeof cell === "number") return String(cell);
  const { median, minimum, ratio, minimaRatio, interval } = cell;
  const text = `${digits(median)} (${digits(minimum)})`;
  if (variant === reference || ratio === undefined || minimaRatio === undefined) return text;
  if (interval !== undefined)
    return `${text} ×${ratio.toFixed(3)} [${interval.map((end) => end.toFixed(3)).join(", ")}]`;
  return `${text} ×${ratio.toFixed(2)}${minima ? ` (×${minimaRatio.toFixed(2)})` : ""}`;
}

/** @param {number} value */
export function digits(value) {
  return value < 100 ? value.toFixed(1) : String(Math.round(value));
}

/**
 * Where the reference is cheaper, repeated in words, so that it need not be searched for in a table.
 *
 * @param {Part} part
 * @param {Results} results
 */
function losses({ rows }, { variants, reference }) {
  return variants
    .filter((variant) => variant !== reference)
    .map((variant) => {
      const lost = rows
        .map(({ row, cells }) => ({
          row,
          ratio: /** @type {Cell | undefined} */ (cells[variant]?.ratio ?? 0).toFixed(2),
        }))
        .filter(({ ratio }) => Number(ratio) > 1)
        .map(({ row, ratio }) => `${row} ×${ratio}`);
      return `- ${variant} costs more than ${reference} in: ${lost.length > 0 ? lost.join("; ") : "nothing here"}`;
    })
    .join("\n");
}
