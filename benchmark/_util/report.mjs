import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BENCHMARK } from "./root.mjs";
import { summarise } from "./stats.mjs";

/** @typedef {NonNullable<ReturnType<typeof summarise>>} Cell */
/** @typedef {{ node: string, row: string, cells: Record<string, Cell | undefined> }} TableRow */

/**
 * Prints a run, and stores it with `--write`.
 *
 * @param {object} run
 * @param {string} run.name
 * @param {string} run.title
 * @param {string} run.notes Markdown; how to read this table
 * @param {import("./options.mjs").Options} run.options
 * @param {Record<string, string>} run.machine
 * @param {string[]} run.variants names, in the order of the columns
 * @param {string} run.reference the variant that the ratios are to
 * @param {import("./repetitions.mjs").Row[]} run.rows
 * @param {boolean} [run.minima] also show the ratio of the minima, in parentheses
 */
export function report({ name, title, notes, options, machine, variants, reference, rows, minima = false }) {
  const table = rows.map(({ node, row, variants: figures }) => ({
    node,
    row,
    cells: Object.fromEntries(variants.map((variant) => [variant, summarise(figures[variant], figures[reference])])),
  }));
  const markdown = [
    `# ${title}`,
    notes,
    Object.entries(machine)
      .map(([key, value]) => `- ${key}: ${value}`)
      .join("\n"),
    ...options.nodes.map(({ version }) => section(version, table, { variants, reference, minima })),
  ];
  const text = `${markdown.join("\n\n")}\n`;
  process.stdout.write(options.json ? `${JSON.stringify({ name, machine, reference, table }, null, 2)}\n` : text);
  if (options.write) {
    mkdirSync(join(BENCHMARK, "results"), { recursive: true });
    writeFileSync(join(BENCHMARK, "results", `${name}.md`), text);
  }
}

/**
 * @param {string} version
 * @param {TableRow[]} table
 * @param {{ variants: string[], reference: string, minima: boolean }} columns
 */
function section(version, table, { variants, reference, minima }) {
  const rows = table.filter(({ node }) => node === version);
  const body = rows.map(({ row, cells }) => [
    row,
    ...variants.map((variant) => cell(cells[variant], variant === reference, minima)),
  ]);
  const lines = [
    `## Node ${version}`,
    "",
    ...align([["operation", ...variants], ...body]),
    "",
    ...losses(rows, variants, reference),
  ];
  return lines.join("\n");
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
 * @param {Cell | undefined} figures
 * @param {boolean} isReference
 * @param {boolean} minima
 */
function cell(figures, isReference, minima) {
  if (figures === undefined) return "n/a";
  const { median, minimum, ratio, minimaRatio, interval } = figures;
  const text = `${digits(median)} (${digits(minimum)})`;
  if (isReference || ratio === undefined || minimaRatio === undefined) return text;
  if (interval !== undefined)
    return `${text} ×${ratio.toFixed(3)} [${interval.map((end) => end.toFixed(3)).join(", ")}]`;
  return `${text} ×${ratio.toFixed(2)}${minima ? ` (×${minimaRatio.toFixed(2)})` : ""}`;
}

/** @param {number} value */
function digits(value) {
  return value < 100 ? value.toFixed(1) : String(Math.round(value));
}

/**
 * Where the reference is cheaper, repeated in words, so that it need not be searched for in a table.
 *
 * @param {TableRow[]} rows
 * @param {string[]} variants
 * @param {string} reference
 */
function losses(rows, variants, reference) {
  return variants
    .filter((variant) => variant !== reference)
    .map((variant) => {
      const lost = rows
        .filter(({ cells }) => Number((cells[variant]?.ratio ?? 0).toFixed(2)) > 1)
        .map(({ row, cells }) => `${row} ×${cells[variant].ratio.toFixed(2)}`);
      return `- ${variant} costs more than ${reference} in: ${lost.length > 0 ? lost.join("; ") : "nothing here"}`;
    });
}
