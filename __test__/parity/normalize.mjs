// Responses as text that two servers, or two moments of one, can be compared by.

import { describeTree } from "./flight.mjs";
import { ID_PATTERN } from "./random.mjs";

/** @typedef {import("./client.mjs").Received} Received */

/** Headers that depend on the connection or on the moment, not on the response. */
const MOMENTARY = ["date", "connection", "keep-alive", "transfer-encoding", "age"];

/** Scripts with a piece of the component tree each: vinext's, and those that it makes for Next.js's clients. */
const PIECES = [
  /<script[^>]*>\(\(self\[Symbol\.for\("vinext\.navigationRuntime"\)\][^<]*?\.rsc\.push\(("(?:[^"\\]|\\.)*")\)<\/script>/g,
  /<script[^>]*>self\.__next_f\.push\(\[1,("(?:[^"\\]|\\.)*")\]\)<\/script>/g,
];

/**
 * @param {Received[]} responses of one conversation
 * @param {string} id of that conversation
 * @returns {string}
 */
export function normalize(responses, id) {
  return responses
    .map((response) => one(response))
    .join("\n\n")
    .replaceAll(id, "rq-ID");
}

/** @param {Received} response */
function one({ label, status, headers, body }) {
  const kept = headers
    .filter(([name]) => !MOMENTARY.includes(name))
    // By name; headers of one name stay in their order.
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${name}: ${mask(value, name)}`);
  return [`## ${label}: ${status}`, ...kept, "", normalizeBody(body, headers)].join("\n");
}

/**
 * @param {string} body
 * @param {Received["headers"]} headers
 */
function normalizeBody(body, headers) {
  const type = headers.find(([name]) => name === "content-type")?.[1] ?? "";
  if (type.startsWith("text/x-component")) return mask(describeTree(body));
  if (!type.startsWith("text/html")) return mask(body);
  // The tree is cut into pieces as it comes, which depends on the moment; so does where in the page they stand.
  let html = body;
  const trees = PIECES.map((pattern) => {
    let tree = "";
    html = html.replace(pattern, (_, literal) => {
      tree += JSON.parse(literal);
      return "";
    });
    return tree === "" ? "" : describeTree(tree);
  });
  return mask([html, ...trees].join("\n"));
}

/**
 * @param {string} text
 * @param {string} [header] that the text is the value of
 */
function mask(text, header) {
  if (header === "x-vinext-rsc-build-id") return "BUILD";
  return text
    .replaceAll(/Expires=[^;]+(?=; Max-Age=[1-9])/g, "Expires=TIME")
    .replaceAll(/__prerender_bypass=[0-9a-f]+/g, "__prerender_bypass=SECRET")
    .replaceAll(/\$\$cache=\w+/g, "$$$$cache=KEY")
    .replaceAll(/(localhost|127\.0\.0\.1):\d+/g, "HOST");
}

/**
 * Ids in a conversation's responses that are not its own, and places where the app printed that it saw none.
 *
 * @param {Received[]} responses
 * @param {string} id
 * @returns {string[]} one description each
 */
export function strangers(responses, id) {
  return responses.flatMap(({ label, headers, body }) => {
    const text = `${headers.map((pair) => pair.join(": ")).join("\n")}\n${body}`;
    const foreign = [...new Set(text.match(ID_PATTERN))].filter((each) => each !== id);
    const found = foreign.map((each) => `${label}: has the id ${each} of another, besides ${id}`);
    if (/no-id|\bno rid\b/.test(text)) found.push(`${label}: lost its id`);
    return found;
  });
}
