import { measureInChild } from "./child.mjs";
import { assertEqual } from "./equal.mjs";
import { progress } from "./progress.mjs";

/** @typedef {{ name: string, script: string, flags?: string[], env?: Record<string, string> }} Variant */
/** @typedef {import("./child.mjs").Result["figures"][string]} Figure */

/**
 * All figures of a row on one Node, by variant; a variant that lacks the operation lacks the key.
 *
 * @typedef {{ node: string, row: string, variants: Record<string, Figure[]> }} Row
 */

/**
 * Measures every variant on every Node in repetitions. The variants of a repetition run close together and start with another one each
 * time, so that a slow minute or a warm processor does not always meet the same variant. A smoke run, whose figures nobody
 * keeps, runs them all at once.
 *
 * @param {object} plan
 * @param {import("./options.mjs").Options} plan.options
 * @param {Variant[]} plan.variants
 * @param {string} plan.reference name of the variant that the others must agree with
 * @param {string[]} plan.partial names of variants that lack some operations or fields
 * @param {Record<string, unknown>[]} plan.tasks each measured on its own; given to the script
 * @returns {Promise<Row[]>}
 */
export async function measureVariants({ options, variants, reference, partial, tasks }) {
  const { nodes, repetitions, ms, quick } = options;
  /** @type {Map<string, Row>} */
  const rows = new Map();
  const step = progress(nodes.length * repetitions * tasks.length * variants.length);
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const node of nodes) {
      for (const task of tasks) {
        /** @type {Record<string, import("./child.mjs").Result>} */
        const results = {};
        const measure = async (/** @type {Variant} */ variant) => {
          step(`repetition ${repetition + 1}, Node ${node.name}, ${variant.name} ${Object.values(task).join(" ")}`);
          results[variant.name] = await measureInChild(node, variant, { variant: variant.name, ms, quick, ...task });
        };
        if (quick) await Promise.all(variants.map(measure));
        else for (const variant of rotate(variants, repetition)) await measure(variant);
        assertEqual(results, reference, partial);
        // The reference has every operation, so it gives the rows their order.
        for (const name of new Set([reference, ...variants.map((variant) => variant.name)])) {
          collect(rows, node.name, name, results[name].figures);
        }
      }
    }
  }
  step.done();
  return [...rows.values()].sort((a, b) => versionOrder(options, a) - versionOrder(options, b));
}

/**
 * @param {Map<string, Row>} rows
 * @param {string} node
 * @param {string} variant
 * @param {Record<string, Figure>} figures
 */
function collect(rows, node, variant, figures) {
  for (const [row, figure] of Object.entries(figures)) {
    const key = `${node} ${row}`;
    if (!rows.has(key)) rows.set(key, { node, row, variants: {} });
    (rows.get(key).variants[variant] ??= []).push(figure);
  }
}

/**
 * @template T
 * @param {T[]} list
 * @param {number} by
 */
function rotate(list, by) {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

/**
 * @param {import("./options.mjs").Options} options
 * @param {Row} row
 */
function versionOrder({ nodes }, row) {
  return nodes.findIndex((node) => node.name === row.node);
}
