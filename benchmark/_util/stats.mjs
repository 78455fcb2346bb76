/** @param {number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Where the true median is in 95 of 100 such samples, whatever their distribution is: by ranks.
 *
 * @param {number[]} values
 * @returns {[number, number]}
 */
export function interval(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const [middle, spread] = [(sorted.length - 1) / 2, 0.98 * Math.sqrt(sorted.length)];
  const at = (/** @type {number} */ rank) => sorted[Math.max(0, Math.min(sorted.length - 1, Math.round(rank)))];
  return [at(middle - spread), at(middle + spread)];
}

/**
 * @typedef {object} Cell
 * @property {number} median
 * @property {number} minimum
 * @property {number} [minimaRatio]
 * @property {number} [ratio]
 * @property {[number, number]} [interval] of the ratio
 */

/**
 * One cell of a table. The ratio is the median of the repetitions' ratios: the variants of a repetition ran within seconds of each
 * other, so what slows the machine for a while falls out of it. Where the variants were interleaved many times in a repetition, it is that
 * of all those pairs, and has an interval.
 *
 * @param {import("./repetitions.mjs").Figure[] | undefined} figures of one variant, by repetition
 * @param {import("./repetitions.mjs").Figure[] | undefined} reference those of the variant to compare with
 * @returns {Cell | undefined}
 */
export function summarise(figures, reference) {
  if (figures === undefined) return undefined;
  const minimum = leastOf(figures);
  const pairs = figures.flatMap(({ ratios = [] }) => ratios);
  const repetitions = reference?.map((figure, repetition) => figures[repetition].median / figure.median);
  return {
    median: median(figures.map((figure) => figure.median)),
    minimum,
    minimaRatio: reference && minimum / leastOf(reference),
    ratio: repetitions && median(pairs.length > 0 ? pairs : repetitions),
    interval: pairs.length > 0 ? interval(pairs) : undefined,
  };
}

/** @param {import("./repetitions.mjs").Figure[]} figures */
function leastOf(figures) {
  return Math.min(...figures.map(({ minimum }) => minimum));
}
