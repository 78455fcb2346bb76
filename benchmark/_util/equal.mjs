/**
 * A figure counts only if every side did the same work: what they read back must be equal.
 *
 * @param {Record<string, import("./child.mjs").Answer>} answers by side
 * @param {string} reference the side that the others must agree with
 * @param {string[]} partial sides that may lack readings
 */
export function assertEqual(answers, reference, partial) {
  const expected = answers[reference].checks;
  /** @type {string[]} */
  const differences = [];
  for (const [side, { checks }] of Object.entries(answers)) {
    for (const name of new Set([...Object.keys(expected), ...Object.keys(checks)])) {
      if (checks[name] === expected[name]) continue;
      if (checks[name] === undefined && partial.includes(side)) continue;
      differences.push(`${name}: ${reference} read ${expected[name]}, ${side} read ${checks[name]}`);
    }
  }
  if (differences.length > 0) throw new Error(`the sides do not agree\n  ${differences.join("\n  ")}`);
}
