import { measureInChild } from "./child.mjs";
import { assertEqual } from "./equal.mjs";
import { progress } from "./progress.mjs";

/** @typedef {{ name: string, script: string, flags?: string[], env?: Record<string, string> }} Side */
/** @typedef {import("./child.mjs").Answer["figures"][string]} Figure */

/**
 * All figures of a row on one Node, by side; a side that lacks the operation lacks the key.
 *
 * @typedef {{ node: string, row: string, sides: Record<string, Figure[]> }} Row
 */

/**
 * Measures every side on every Node in rounds. The sides of a round run close together and start with another one each
 * time, so that a slow minute or a warm processor does not always meet the same side. A smoke run, whose figures nobody
 * keeps, runs them all at once.
 *
 * @param {object} plan
 * @param {import("./options.mjs").Options} plan.options
 * @param {Side[]} plan.sides
 * @param {string} plan.reference name of the side that the others must agree with
 * @param {string[]} plan.partial names of sides that lack some operations or fields
 * @param {Record<string, unknown>[]} plan.variants each measured on its own; given to the script
 * @returns {Promise<Row[]>}
 */
export async function measureRounds({ options, sides, reference, partial, variants }) {
  const { nodes, rounds, ms, quick } = options;
  /** @type {Map<string, Row>} */
  const rows = new Map();
  const step = progress(nodes.length * rounds * variants.length * sides.length);
  for (let round = 0; round < rounds; round++) {
    for (const node of nodes) {
      for (const variant of variants) {
        /** @type {Record<string, import("./child.mjs").Answer>} */
        const answers = {};
        const measure = async (/** @type {Side} */ side) => {
          step(`round ${round + 1}, Node ${node.version}, ${side.name} ${Object.values(variant).join(" ")}`);
          answers[side.name] = await measureInChild(node, side, { side: side.name, ms, quick, ...variant });
        };
        if (quick) await Promise.all(sides.map(measure));
        else for (const side of rotate(sides, round)) await measure(side);
        assertEqual(answers, reference, partial);
        // The reference has every operation, so it gives the rows their order.
        for (const name of new Set([reference, ...sides.map((side) => side.name)])) {
          collect(rows, node.version, name, answers[name].figures);
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
 * @param {string} side
 * @param {Record<string, Figure>} figures
 */
function collect(rows, node, side, figures) {
  for (const [row, figure] of Object.entries(figures)) {
    const key = `${node} ${row}`;
    if (!rows.has(key)) rows.set(key, { node, row, sides: {} });
    (rows.get(key).sides[side] ??= []).push(figure);
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
  return nodes.findIndex((node) => node.version === row.node);
}
