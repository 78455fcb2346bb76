import { parse } from "acorn";

/** What tools read: annotations such as `@__PURE__` and `webpackIgnore`, and `sourceURL`. */
const FOR_TOOLS = /^\s*[@#!]|\w+Ignore\b/;

/**
 * A module without its comments, which are nearly half of it. Every token stays in its line and column, so that a stack trace
 * of the installed package points into the repository. The declarations keep theirs, for editors.
 *
 * @param {string} source of a JavaScript module
 * @returns {string}
 */
export function withoutComments(source) {
  /** @type {import("acorn").Comment[]} */
  const comments = [];
  parse(source, { ecmaVersion: "latest", sourceType: "module", allowHashBang: true, onComment: comments });
  let result = "";
  let from = 0;
  for (const { value, start, end } of comments) {
    if (FOR_TOOLS.test(value) || source.startsWith("#!", start)) continue;
    const [first, ...more] = source.slice(start, end).split("\n");
    const blank = [first, ...more].map((line) => " ".repeat(line.length)).join("\n");
    const before = result + source.slice(from, start);
    const endsLine = end === source.length || source[end] === "\n";
    result = endsLine ? before.replace(/[ \t]+$/, "") + "\n".repeat(more.length) : before + blank;
    from = end;
  }
  return result + source.slice(from);
}
