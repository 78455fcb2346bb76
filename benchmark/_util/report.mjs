import { publish } from "./results.mjs";
import { summarise } from "./stats.mjs";

/**
 * Prints a run, and stores it with `--write`.
 *
 * @param {Omit<import("./results.mjs").Results, "parts"> & {
 *   options: import("./options.mjs").Options,
 *   machine: Record<string, string>,
 *   reference: string,
 *   rows: import("./repetitions.mjs").Row[],
 * }} run
 */
export function report({ options, machine, rows, ...head }) {
  const { variants, reference } = head;
  const parts = options.nodes.map((node) => ({
    node: node.name,
    machine,
    rows: rows
      .filter((row) => row.node === node.name)
      .map(({ row, variants: figures }) => ({
        row,
        cells: Object.fromEntries(variants.map((name) => [name, summarise(figures[name], figures[reference])])),
      })),
  }));
  publish({ ...head, parts }, options);
}
