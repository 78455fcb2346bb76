import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { differencesMarkdown } from "./differences.mjs";
import { markdownOf } from "./markdown.mjs";
import { BENCHMARK } from "./root.mjs";
import { wholeServerMarkdown } from "./whole-server/markdown.mjs";

/**
 * What a benchmark stores as results/NAME.json, and what results/NAME.md is made from.
 *
 * @typedef {object} Results
 * @property {string} name
 * @property {string} title
 * @property {string} notes Markdown; how to read the tables
 * @property {string} [subject] what a row is; "operation" without
 * @property {string[]} variants names, in the order of the columns
 * @property {string} [reference] the variant that the ratios are to
 * @property {boolean} [minima] also show the ratio of the minima
 * @property {Part[]} parts
 */

/**
 * What was measured on one Node, at one time.
 *
 * @typedef {{ node: string, machine: Record<string, string>, rows: ResultRow[] }} Part `node`: version, and flags if any
 * @typedef {{ row: string, cells: Record<string, Cell | number | undefined> }} ResultRow a number is a count
 * @typedef {import("./stats.mjs").Cell} Cell
 */

export const RESULTS = join(BENCHMARK, "results");

/**
 * @param {string} name
 * @returns {Results | undefined}
 */
export function readResults(name) {
  const path = join(RESULTS, `${name}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

/**
 * Prints what was measured, and stores it with `--write`: in the place of what is stored of the same Nodes, so that a set can be
 * measured in pieces.
 *
 * @param {Results} results
 * @param {{ json?: boolean, write?: boolean }} options
 */
export function publish(results, { json, write }) {
  process.stdout.write(json ? print(results) : toMarkdown(results));
  if (write) store(merge(readResults(results.name)?.parts ?? [], results));
}

/**
 * Rows of whole servers say what they are a measure of, and have a table for each; cells of differences say what is added.
 *
 * @param {Results} results
 */
export function toMarkdown(results) {
  const rows = results.parts.flatMap((part) => part.rows);
  if (rows.some((row) => "measure" in row)) return wholeServerMarkdown(results);
  const cells = rows.flatMap((row) => Object.values(row.cells));
  const differences = cells.some((cell) => typeof cell === "object" && "added" in cell);
  return differences ? differencesMarkdown(results) : markdownOf(results);
}

/** @param {Results} results */
export function store(results) {
  mkdirSync(RESULTS, { recursive: true });
  const json = print(results);
  writeFileSync(join(RESULTS, `${results.name}.json`), json);
  // From what is stored, whose figures are rounded.
  writeFileSync(join(RESULTS, `${results.name}.md`), toMarkdown(JSON.parse(json)));
}

/**
 * @param {Part[]} stored
 * @param {Results} measured
 * @returns {Results}
 */
export function merge(stored, measured) {
  const parts = new Map([...stored, ...measured.parts].map((part) => [line(part), part]));
  return { ...measured, parts: [...parts.keys()].sort().map((key) => /** @type {Part} */ (parts.get(key))) };
}

/** A release line of Node with its flags: a later release of the same line replaces an earlier one. */
const line = (/** @type {Part} */ { node }) => node.replace(/^(\d+)\S*/, "$1");

/**
 * A line for each row, so that a diff shows what changed.
 *
 * @param {Results} results
 */
function print({ parts, ...head }) {
  const open = (/** @type {object} */ value) => JSON.stringify(value, round).slice(0, -1);
  const printed = parts.map(({ rows, ...part }) => {
    return `${open(part)},"rows":[\n${rows.map((row) => JSON.stringify(row, round)).join(",\n")}\n]}`;
  });
  return `${open(head)},"parts":[\n${printed.join(",\n")}\n]}\n`;
}

/**
 * @param {string} _
 * @param {unknown} value
 */
const round = (_, value) => (typeof value === "number" ? Number(value.toPrecision(6)) : value);
