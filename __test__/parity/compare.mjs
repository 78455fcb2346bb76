import { difference } from "./difference.mjs";

/** @typedef {import("./passes.mjs").Conversation} Conversation */

/**
 * Compares conversations with those of the same scenarios elsewhere or at another time.
 *
 * @param {Conversation[]} expected one of each scenario
 * @param {Conversation[]} actual any number of each
 * @param {{ expected: string, actual: string }} names what the two are, for the reader
 * @returns {string[]} one report for each scenario that differs or has faults, with the first of its differences
 */
export function compare(expected, actual, names) {
  const known = new Map(expected.map((conversation) => [conversation.name, conversation.text]));
  /** @type {Map<string, { first: string, count: number }>} */
  const reports = new Map();
  for (const { name, text, faults } of actual) {
    const found = [...faults];
    const patch = difference(known.get(name) ?? "", text, names);
    if (patch !== undefined) found.push(patch);
    if (found.length === 0) continue;
    const report = reports.get(name);
    if (report === undefined) reports.set(name, { first: found.join("\n"), count: 1 });
    else report.count++;
  }
  return [...reports].map(([name, { first, count }]) => `${name}${count > 1 ? ` (${count} times)` : ""}:\n${first}`);
}
