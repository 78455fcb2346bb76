/** Headers that depend on the connection or on the moment, not on the response. */
const MOMENTARY = ["date", "connection", "keep-alive", "transfer-encoding", "age"];

/**
 * A response as text that two servers, or two moments of one, can be compared by.
 *
 * @param {import("./client.mjs").Received} response
 * @returns {string}
 */
export function normalize({ status, headers, body }) {
  const kept = headers
    .filter(([name]) => !MOMENTARY.includes(name))
    .map((pair) => pair.join(": "))
    .sort();
  return [String(status), ...kept, "", body]
    .join("\n")
    .replaceAll(/(localhost|127\.0\.0\.1):\d+/g, "HOST")
    .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "UUID")
    .replaceAll(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replaceAll(/\b1[6-9]\d{11}\b/g, "TIME");
}

/**
 * @param {string} what
 * @param {string} expected
 * @param {string} actual
 */
export function assertSame(what, expected, actual) {
  if (expected === actual) return;
  const [left, right] = [expected.split("\n"), actual.split("\n")];
  const line = left.findIndex((text, index) => text !== right[index]);
  const at = line === -1 ? left.length : line;
  const show = (/** @type {string | undefined} */ text) => {
    if (text === undefined) return "nothing";
    const other = text === left[at] ? right[at] : left[at];
    const same = [...text].findIndex((letter, index) => letter !== other?.[index]);
    return JSON.stringify(text.slice(Math.max(0, same - 80), Math.max(0, same) + 120));
  };
  throw new Error(`the responses are not the same: ${what}, line ${at + 1}\n  ${show(left[at])}\n  ${show(right[at])}`);
}
