import { createTwoFilesPatch } from "diff";

const MOST_LINES = 60;
const LONGEST_LINE = 240;

/**
 * @param {string} expected
 * @param {string} actual
 * @param {{ expected: string, actual: string }} names
 * @returns {string | undefined} a unified diff to be read, cut where it gets long; nothing if the texts are equal
 */
export function difference(expected, actual, names) {
  if (expected === actual) return undefined;
  const patch = createTwoFilesPatch(names.expected, names.actual, lines(expected), lines(actual), "", "", {
    context: 2,
  });
  const shown = patch
    .split("\n")
    .slice(1)
    .map((line) => around(line));
  const rest = shown.length - MOST_LINES;
  return [...shown.slice(0, MOST_LINES), ...(rest > 0 ? [`… and ${rest} lines more`] : [])].join("\n");
}

/**
 * Pages are a few very long lines: one line for each element and member instead.
 *
 * @param {string} text
 */
function lines(text) {
  return `${text.replaceAll(/(><|,")/g, (pair) => `${pair[0]}\n${pair[1]}`)}\n`;
}

/** @param {string} line */
function around(line) {
  return line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE)} … (${line.length} characters)`;
}
