import truncatedWidth from "fast-string-truncated-width";
import { clean as cleanText } from "../util/safe-text.js";

/** Width of the column of headings. */
export const COLUMN = 14;

const GAP = "  ";

/** Columns of a command that are shown at most, so that what follows it stays in view. */
const MOST_OF_COMMAND = 40;

/** Characters of one text that are shown at most. */
const LONGEST = 300;

/**
 * @param {unknown} value what a server gave as text
 * @returns {string} one line that a terminal shows as it is; what is unsafe in it is "?"
 */
export function clean(value) {
  return typeof value === "string" ? cleanText(value.slice(0, LONGEST)) : "?";
}

/**
 * @param {string} line with text of a project
 * @returns {string} the whole of it, as a terminal shows it; tabs stay
 */
export function cleanLine(line) {
  return line.split("\t").map(cleanText).join("\t");
}

/** Age from which it is worth saying that nothing is known of what a request waits for. */
const LONG_MS = 1000;

/**
 * @param {{ ageMs: number, state: string, waiting?: { label: string, ms: number } | null }} request in flight
 * @returns {string} what it waits for; empty if it is not said
 */
export function waitOf({ ageMs, state, waiting }) {
  if (waiting) return `waiting ${duration(waiting.ms)}: ${clean(waiting.label)}`;
  return waiting === null && ageMs >= LONG_MS && state === "active" ? "waiting for nothing known" : "";
}

/**
 * @param {string} text clean
 * @returns {number} columns that it takes in a terminal
 */
export function widthOf(text) {
  return truncatedWidth(text).width;
}

/**
 * @param {string} text clean
 * @param {number} width columns
 * @returns {string} the text if it fits, else its beginning and "…"
 */
export function cut(text, width) {
  const { index, ellipsed, truncated } = truncatedWidth(text, { limit: width, ellipsis: "…" });
  // The index may be inside a character of two units.
  return truncated ? text.slice(0, index).replace(/\p{Cs}$/u, "") + (ellipsed ? "…" : "") : text;
}

/**
 * @param {string} text clean
 * @param {number} width columns
 * @param {boolean} [right] whether to put it at the right
 * @returns {string} exactly so wide
 */
export function pad(text, width, right = false) {
  const fitting = cut(text, width);
  const space = " ".repeat(Math.max(0, width - widthOf(fitting)));
  return right ? space + fitting : fitting + space;
}

/**
 * @param {string[][]} rows clean text; the first is the heading
 * @param {number[]} right columns that are aligned at the right
 * @returns {string[]} lines
 */
export function columns(rows, right) {
  const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => widthOf(row[at]))));
  return rows.map((row) => {
    const cells = row.map((cell, at) => pad(cell, widths[at], right.includes(at)));
    return cells.join(GAP).trimEnd();
  });
}

/**
 * @param {{ command: string }} process
 * @returns {string} its command, clean and short
 */
export function commandOf({ command }) {
  return cut(clean(command), MOST_OF_COMMAND);
}

/**
 * @param {string} heading
 * @param {string} text
 */
export function row(heading, text) {
  return `${heading.padEnd(COLUMN)}${text}`;
}

/**
 * @param {unknown} ms
 * @returns {string} such as `950 ms`, `12.3 s`, `3m 05s`, `2h 07m`, `5d 02h`; "?" if it is not a number
 */
export function duration(ms) {
  if (typeof ms !== "number" || !Number.isFinite(ms)) return "?";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  const hours = Math.floor(minutes / 60);
  if (hours === 0) return `${minutes}m ${twoDigits(Math.floor(ms / 1000) % 60)}s`;
  if (hours < 24) return `${hours}h ${twoDigits(minutes % 60)}m`;
  return `${Math.floor(hours / 24)}d ${twoDigits(hours % 24)}h`;
}

/** @param {number} value */
function twoDigits(value) {
  return String(value).padStart(2, "0");
}
