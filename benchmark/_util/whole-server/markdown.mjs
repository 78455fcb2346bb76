import { align, digits, machineOf } from "../markdown.mjs";
import { MEASURES } from "./statistics.mjs";

/** @typedef {import("../results.mjs").Results} Results */
/** @typedef {import("../results.mjs").Part} Part */
/** @typedef {import("../results.mjs").ResultRow & { target: string, route: string, measure: string, client?: number }} Row */

const SHARES = {
  "context code": "Context code, % of the busy samples",
  "context code, nothing inlined": "Context code, % of the busy samples, in a server without inlining",
  collector: "Garbage collector, % of all samples",
  "native code": "Native code, % of all samples",
};

/** A client that takes more of its processor may be what is measured. */
const BUSY = 0.9;

/**
 * Results of `measureWholeServers`, for `publish`.
 *
 * @param {Results} results
 */
export function wholeServerMarkdown(results) {
  return `${[`# ${results.title}`, results.notes, ...results.parts.map((part) => section(part, results))].join("\n\n")}\n`;
}

/**
 * @param {Part} part
 * @param {Results} results
 */
function section(part, { variants }) {
  const rows = /** @type {Row[]} */ (part.rows);
  const several = new Set(rows.map(({ target }) => target)).size > 1;
  const name = (/** @type {Row} */ { target, route }) => (several ? `${target}, ${route}` : route);
  const titles = [...MEASURES.map((measure) => [measure.name, titleOf(measure)]), ...Object.entries(SHARES)];
  const tables = titles.flatMap(([measure, title]) => {
    const own = rows.filter((row) => row.measure === measure);
    if (own.length === 0) return [];
    const columns = variants.filter((variant) => own.some(({ cells }) => cells[variant] !== undefined));
    const body = own.map((row) => [name(row), ...columns.map((variant) => textOf(row.cells[variant]))]);
    return [`### ${title}`, align([["route", ...columns], ...body]).join("\n")];
  });
  return [`## Node ${part.node}`, machineOf(part), verdicts(rows, variants, name), ...busy(rows, name), ...tables].join(
    "\n\n",
  );
}

/** @param {import("./statistics.mjs").Measure} measure */
function titleOf({ name, unit }) {
  return `${name[0].toUpperCase()}${name.slice(1)}, ${unit}`;
}

/** @param {Row["cells"][string]} cell */
function textOf(cell) {
  if (cell === undefined) return "n/a";
  if (typeof cell === "number") return cell.toFixed(1);
  const { median, ratio, interval, verdict } = /** @type {import("./statistics.mjs").Cell} */ (cell);
  const text = median < 10 ? median.toFixed(2) : digits(median);
  if (ratio === undefined || interval === undefined) return text;
  const bounds = interval.map((bound) => bound.toFixed(3)).join(", ");
  return `${text} ×${ratio.toFixed(3)} [${bounds}]${verdict === undefined ? "" : ` ${verdict}`}`;
}

/**
 * What differs, in words, so that it need not be searched for.
 *
 * @param {Row[]} rows
 * @param {string[]} variants
 * @param {(row: Row) => string} name
 */
function verdicts(rows, variants, name) {
  return variants
    .flatMap((variant) => {
      const cellOf = (/** @type {Row} */ { cells }) =>
        /** @type {import("./statistics.mjs").Cell | undefined} */ (cells[variant]);
      if (!rows.some((row) => cellOf(row)?.verdict !== undefined)) return [];
      const list = (/** @type {0 | 1} */ index) => {
        const found = MEASURES.flatMap((measure) => {
          const own = rows.filter(
            (row) => row.measure === measure.name && cellOf(row)?.verdict === measure.words[index],
          );
          const items = own.map((row) => `${name(row)} ×${cellOf(row)?.ratio?.toFixed(3)}`);
          return items.length === 0 ? [] : [`${measure.name} (${items.join("; ")})`];
        });
        return found.length === 0 ? "nothing here" : found.join(", ");
      };
      return [`- ${variant} is better in: ${list(0)}`, `- ${variant} is worse in: ${list(1)}`];
    })
    .join("\n");
}

/**
 * @param {Row[]} rows
 * @param {(row: Row) => string} name
 */
function busy(rows, name) {
  const routes = [...new Set(rows.filter(({ client = 0 }) => client > BUSY).map(name))];
  if (routes.length === 0) return [];
  return [
    `The client took more than ${100 * BUSY} % of its processor in: ${routes.join("; ")}. There only CPU counts.`,
  ];
}
