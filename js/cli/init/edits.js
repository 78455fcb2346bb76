import { CODES, OnescopeError } from "../../util/errors.js";

// Edits of a text: what is removed at a position, and what is inserted there. Everything else stays as it is.

/** @typedef {{ at: number, removed: string, inserted: string }} Edit */
/** @typedef {Edit & { before: string, after: string }} PlacedEdit with the edited text around it */

/**
 * @param {string} text
 * @param {Edit[]} edits in any order, none inside another
 * @returns {string}
 */
export function applyEdits(text, edits) {
  let result = "";
  let end = 0;
  for (const { at, removed, inserted } of inOrder(edits)) {
    if (at < end || !text.startsWith(removed, at)) {
      throw new OnescopeError(CODES.PROJECT, `an edit at ${at} does not fit its text`);
    }
    result += text.slice(end, at) + inserted;
    end = at + removed.length;
  }
  return result + text.slice(end);
}

/**
 * @param {Edit[]} edits
 * @returns {Edit[]} those that turn the edited text into the original
 */
export function reverseEdits(edits) {
  let shift = 0;
  return inOrder(edits).map(({ at, removed, inserted }) => {
    const reversed = { at: at + shift, removed: inserted, inserted: removed };
    shift += inserted.length - removed.length;
    return reversed;
  });
}

/**
 * Reverses edits in a text that was changed after them: each where it stands alone and as it was made.
 *
 * @param {string} text
 * @param {PlacedEdit[]} edits the original ones
 * @returns {{ text: string, left: PlacedEdit[] }} `left`: those that are not found, or found more than once
 */
export function undoEdits(text, edits) {
  /** @type {PlacedEdit[]} */
  const left = [];
  let result = text;
  for (const edit of edits) {
    const { removed, inserted, before, after } = edit;
    const place = placeOf(result, inserted, before, after);
    if (place === undefined) left.push(edit);
    else result = result.slice(0, place) + removed + result.slice(place + inserted.length);
  }
  // Without the name, what was inserted is gone already, or does nothing by itself.
  const isNamed = result.includes("onescope");
  return { text: result, left: left.filter(({ removed }) => isNamed || removed.trim() !== "") };
}

/**
 * @param {string} text
 * @param {string} inserted
 * @param {string} before
 * @param {string} after
 * @returns {number | undefined} where it stands, with as much of the text around it as is needed to tell
 */
function placeOf(text, inserted, before, after) {
  const exact = onlyPlace(text, before + inserted + after);
  if (exact !== undefined) return exact + before.length;
  // What says nothing by itself, such as a comma, is only taken out where all around it is as it was.
  if (!inserted.includes("onescope")) return undefined;
  const start = onlyPlace(text, before + inserted);
  if (start !== undefined) return start + before.length;
  return onlyPlace(text, inserted + after) ?? onlyPlace(text, inserted);
}

/**
 * @param {string} text
 * @param {string} part
 */
function onlyPlace(text, part) {
  const place = text.indexOf(part);
  return place === -1 || text.indexOf(part, place + 1) !== -1 ? undefined : place;
}

/**
 * @param {string} text the edited one
 * @param {Edit[]} edits the original ones
 * @returns {PlacedEdit[]} with up to 40 characters around each
 */
export function withSurroundings(text, edits) {
  return reverseEdits(edits).map(({ at, removed, inserted }, index) => ({
    at: inOrder(edits)[index].at,
    removed: inserted,
    inserted: removed,
    before: text.slice(Math.max(0, at - 40), at),
    after: text.slice(at + removed.length, at + removed.length + 40),
  }));
}

/** @param {Edit[]} edits */
function inOrder(edits) {
  return edits.toSorted((a, b) => a.at - b.at);
}

/**
 * @param {string} text
 * @returns {string} its line ending
 */
export function lineEndOf(text) {
  return /\r\n|\n/.exec(text)?.[0] ?? "\n";
}

/**
 * @param {string} text
 * @param {number} at
 * @returns {number} where the line begins
 */
export function lineStart(text, at) {
  return text.lastIndexOf("\n", at - 1) + 1;
}

/**
 * @param {string} text
 * @param {number} at
 * @returns {string} the white space that the line begins with
 */
export function indentAt(text, at) {
  return /^[ \t]*/.exec(text.slice(lineStart(text, at)))?.[0] ?? "";
}

/**
 * Adds an item after the last one of a list or an object, on a line of its own if the last one has one.
 *
 * @param {string} text
 * @param {{ start: number, end: number }} last item
 * @param {string} item code
 * @returns {Edit[]}
 */
export function appendItem(text, last, item) {
  const isAlone = text.slice(lineStart(text, last.start), last.start).trim() === "";
  const comma = last.end + /** @type {RegExpExecArray} */ (COMMENTS.exec(text.slice(last.end)))[0].length;
  const hasComma = text[comma] === ",";
  const end = hasComma ? comma + 1 : last.end;
  if (!isAlone) return [{ at: end, removed: "", inserted: hasComma ? ` ${item},` : `, ${item}` }];
  const line = lineEndOf(text) + indentAt(text, last.start) + item;
  // A comment that follows on the same line stays there.
  const rest = /** @type {RegExpExecArray} */ (REST_OF_LINE.exec(text.slice(end)))[0].length;
  if (hasComma) return [{ at: end + rest, removed: "", inserted: `${line},` }];
  if (rest === 0) return [{ at: end, removed: "", inserted: `,${line}` }];
  return [
    { at: end, removed: "", inserted: "," },
    { at: end + rest, removed: "", inserted: line },
  ];
}

const COMMENTS = /^(?:\s|\/\/.*|\/\*[\s\S]*?\*\/)*/;
const REST_OF_LINE = /^[ \t]*(?:\/\/.*|\/\*.*?\*\/)[ \t]*(?=\r?\n)|^/;

/**
 * @param {string} text
 * @returns {string} one step of its indentation
 */
export function indentUnit(text) {
  return /^(?:\t| {2,8})(?=\S)/m.exec(text)?.[0] ?? "  ";
}
