/**
 * A figure counts only if every variant did the same work: what they read back must be equal.
 *
 * @param {Record<string, import("./child.mjs").Result>} results by variant
 * @param {string} reference the variant that the others must agree with
 * @param {string[]} partial variants that may lack readings
 */
export function assertEqual(results, reference, partial) {
  const expected = results[reference].checks;
  /** @type {string[]} */
  const differences = [];
  for (const [variant, { checks }] of Object.entries(results)) {
    for (const name of new Set([...Object.keys(expected), ...Object.keys(checks)])) {
      if (checks[name] === expected[name]) continue;
      if (checks[name] === undefined && partial.includes(variant)) continue;
      differences.push(`${name}: ${reference} read ${expected[name]}, ${variant} read ${checks[name]}`);
    }
  }
  if (differences.length > 0) throw new Error(`the variants do not agree\n  ${differences.join("\n  ")}`);
}
