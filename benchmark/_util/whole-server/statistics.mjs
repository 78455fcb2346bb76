import { median } from "../stats.mjs";

/** Times that a set of ratios is drawn from itself. */
const DRAWS = 2000;

/** With fewer starts than these even the extremes hold the true median in less than 95 of 100 runs. */
const ENOUGH = 6;

/**
 * @typedef {object} Measure
 * @property {string} name
 * @property {string} unit
 * @property {1 | -1} sign 1 if more is better
 * @property {[better: string, worse: string]} words
 */

/** @type {Measure[]} */
export const MEASURES = [
  { name: "throughput", unit: "requests per second", sign: 1, words: ["faster", "slower"] },
  { name: "p50", unit: "ms", sign: -1, words: ["faster", "slower"] },
  { name: "p99", unit: "ms", sign: -1, words: ["faster", "slower"] },
  { name: "CPU", unit: "µs per request", sign: -1, words: ["faster", "slower"] },
  { name: "garbage collection", unit: "µs per request", sign: -1, words: ["less", "more"] },
  { name: "memory", unit: "MB resident", sign: -1, words: ["less", "more"] },
];

/**
 * @typedef {object} Cell
 * @property {number} median over the starts
 * @property {number} minimum
 * @property {number} [ratio] median over the rounds of the ratio to the reference's start in the same round
 * @property {[number, number]} [interval] that holds the true ratio in 95 of 100 such runs
 * @property {string} [verdict] in the measure's words, "equal", or "too few starts"
 */

/**
 * @param {Record<string, number[]>} values by variant, one a round
 * @param {{ reference: string, control: string | undefined, measure: Measure }} options
 * @returns {Record<string, Cell>}
 */
export function summarise(values, { reference, control, measure }) {
  const ratiosOf = (/** @type {string} */ variant) =>
    values[variant].map((value, round) => value / values[reference][round]);
  const bounds = control === undefined ? undefined : bootstrap(ratiosOf(control));
  return Object.fromEntries(
    Object.entries(values).map(([variant, list]) => {
      const figures = { median: median(list), minimum: Math.min(...list) };
      const ratios = ratiosOf(variant);
      if (variant === reference || !ratios.every(Number.isFinite)) return [variant, figures];
      const interval = bootstrap(ratios);
      const verdict =
        variant === control || bounds === undefined ? undefined : judge(interval, bounds, ratios.length, measure);
      return [variant, { ...figures, ratio: median(ratios), interval, ...(verdict && { verdict }) }];
    }),
  );
}

/**
 * A difference counts only if it is more than the reference differs from itself.
 *
 * @param {[number, number]} interval
 * @param {[number, number]} control
 * @param {number} count
 * @param {Measure} measure
 */
function judge([low, high], control, count, { sign, words }) {
  if (count < ENOUGH) return "too few starts";
  if (low > Math.max(1, control[1])) return words[sign === 1 ? 0 : 1];
  if (high < Math.min(1, control[0])) return words[sign === 1 ? 1 : 0];
  return "equal";
}

/**
 * @param {number[]} values
 * @returns {[number, number]} of the median, by resampling; the same for the same values
 */
export function bootstrap(values) {
  const random = mulberry32(1);
  const draws = Array.from({ length: DRAWS }, () =>
    median(values.map(() => values[Math.floor(random() * values.length)])),
  ).sort((a, b) => a - b);
  return [draws[Math.floor(0.025 * DRAWS)], draws[Math.ceil(0.975 * DRAWS) - 1]];
}

/** @param {number} seed */
function mulberry32(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
