import { applyEdits } from "./edits.js";

/** @import { Edit } from "./edits.js" */

const CONTEXT = 3;

/**
 * @param {string} path as it is shown
 * @param {string | undefined} text the original; `undefined` for a new file
 * @param {Edit[]} edits
 * @returns {string[]} the lines of a unified diff
 */
export function diffLines(path, text, edits) {
  const name = path.replaceAll("\\", "/");
  if (text === undefined) {
    const added = shown(applyEdits("", edits)).replace(/\n$/, "").split("\n");
    return ["--- /dev/null", `+++ ${name}`, `@@ -0,0 +1,${added.length} @@`, ...added.map((line) => `+${line}`)];
  }
  const lines = linesOf(text);
  const groups = groupByLines(lines, edits);
  /** @type {string[]} */
  const result = [`--- ${name}`, `+++ ${name}`];
  let shift = 0;
  for (let first = 0; first < groups.length; ) {
    let last = first;
    while (last + 1 < groups.length && groups[last + 1].from - groups[last].to <= 2 * CONTEXT) last++;
    const from = Math.max(0, groups[first].from - CONTEXT);
    const to = Math.min(lines.length, groups[last].to + CONTEXT);
    /** @type {string[]} */
    const body = [];
    let line = from;
    let grown = 0;
    for (const group of groups.slice(first, last + 1)) {
      body.push(...lines.slice(line, group.from).map((each) => ` ${shown(each.text)}`));
      const before = lines.slice(group.from, group.to);
      const start = before[0]?.start ?? lines[group.from]?.start ?? text.length;
      const added = linesOf(
        applyEdits(
          before.map(({ text: each }) => each).join(""),
          group.edits.map((edit) => ({ ...edit, at: edit.at - start })),
        ),
      );
      body.push(
        ...changedLines(
          before.map((each) => shown(each.text)),
          added.map((each) => shown(each.text)),
        ),
      );
      grown += added.length - before.length;
      line = group.to;
    }
    body.push(...lines.slice(line, to).map((each) => ` ${shown(each.text)}`));
    result.push(`@@ -${from + 1},${to - from} +${from + 1 + shift},${to - from + grown} @@`, ...body);
    shift += grown;
    first = last + 1;
  }
  return result;
}

/**
 * @param {string[]} before
 * @param {string[]} after
 * @returns {string[]} lines of a diff; what both begin and end with is unchanged
 */
function changedLines(before, after) {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  return [
    ...before.slice(0, start).map((line) => ` ${line}`),
    ...before.slice(start, before.length - end).map((line) => `-${line}`),
    ...after.slice(start, after.length - end).map((line) => `+${line}`),
    ...before.slice(before.length - end).map((line) => ` ${line}`),
  ];
}

/**
 * @param {Array<{ text: string, start: number }>} lines
 * @param {Edit[]} edits
 * @returns {Array<{ from: number, to: number, edits: Edit[] }>} the lines that change; none where whole lines are inserted
 */
function groupByLines(lines, edits) {
  const lineAt = (/** @type {number} */ at) => {
    const index = lines.findLastIndex(({ start }) => start <= at);
    return Math.max(0, index);
  };
  /** @type {Array<{ from: number, to: number, edits: Edit[] }>} */
  const groups = [];
  for (const edit of edits.toSorted((a, b) => a.at - b.at)) {
    const from = lineAt(edit.at);
    const wholeLines = edit.removed === "" && edit.inserted.endsWith("\n") && lines[from]?.start === edit.at;
    const to = wholeLines ? from : lineAt(edit.at + Math.max(0, edit.removed.length - 1)) + 1;
    const last = groups.at(-1);
    if (last !== undefined && (from < last.to || (from === last.to && last.from === last.to))) {
      last.to = Math.max(last.to, to);
      last.edits.push(edit);
    } else groups.push({ from, to, edits: [edit] });
  }
  return groups;
}

/**
 * @param {string} text
 * @returns {Array<{ text: string, start: number }>} with their line ends
 */
function linesOf(text) {
  let start = 0;
  return (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line) => {
    const found = { text: line, start };
    start += line.length;
    return found;
  });
}

/** @param {string} line */
function shown(line) {
  return line.replaceAll("\r", "").replace(/\n$/, "");
}
