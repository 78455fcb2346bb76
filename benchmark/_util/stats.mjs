/** @param {number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * One cell of a table. The ratio is the median of the rounds' ratios: the sides of a round ran within seconds of each
 * other, so what slows the machine for a while falls out of it.
 *
 * @param {import("./rounds.mjs").Figure[] | undefined} figures of one side, by round
 * @param {import("./rounds.mjs").Figure[] | undefined} reference those of the side to compare with
 */
export function summarise(figures, reference) {
  if (figures === undefined) return undefined;
  const minimum = leastOf(figures);
  return {
    median: median(figures.map((figure) => figure.median)),
    minimum,
    minimaRatio: reference && minimum / leastOf(reference),
    ratio: reference && median(figures.map((figure, round) => figure.median / reference[round].median)),
  };
}

/** @param {import("./rounds.mjs").Figure[]} figures */
function leastOf(figures) {
  return Math.min(...figures.map(({ minimum }) => minimum));
}
