import { parse } from "acorn";

/** What tools read: annotations such as `@__PURE__` and `webpackIgnore`, and `sourceURL`. */
const FOR_TOOLS = /^\s*[@#!]|\w+Ignore\b/;

/** What needs no space before or after it, whatever its neighbor is. */
const NEEDS_NO_SPACE = /^[{}()[\],;:=<>?!&|*%^~"'`]$/;

/**
 * A module without its comments, its indentation and what other space it does not need, which is half of it. Every token stays in
 * its line, so that a stack trace of the installed package names a line of the repository, but for the modules that are joined
 * (join.mjs). The declarations keep their comments, for editors.
 *
 * @param {string} source of a JavaScript module
 * @returns {string}
 */
export function compact(source) {
  /** @type {import("acorn").Comment[]} */
  const comments = [];
  /** @type {import("acorn").Token[]} */
  const tokens = [];
  const options = { ecmaVersion: /** @type {const} */ ("latest"), sourceType: /** @type {const} */ ("module") };
  parse(source, { ...options, allowHashBang: true, onComment: comments, onToken: tokens });
  const kept = comments.filter(({ value, start }) => FOR_TOOLS.test(value) || source.startsWith("#!", start));
  let result = "";
  let from = 0;
  for (const { start, end } of tokens) {
    const gap = source.slice(from, start);
    const isKept = kept.some((comment) => comment.start >= from && comment.start < start);
    result += isKept ? gap : between(gap, source[from - 1], source[start]);
    result += source.slice(start, end);
    from = end;
  }
  return result + source.slice(from);
}

/**
 * @param {string} gap between two tokens: space and comments
 * @param {string | undefined} before the character before it
 * @param {string | undefined} after the character after it
 */
function between(gap, before = ";", after = ";") {
  const lines = gap.split("\n").length - 1;
  if (lines > 0) return "\n".repeat(lines);
  return gap === "" || NEEDS_NO_SPACE.test(before) || NEEDS_NO_SPACE.test(after) ? "" : " ";
}
