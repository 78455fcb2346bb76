import { UNSAFE_CHARACTERS } from "../generated/unsafe-characters.js";

// A label comes from what a client sent, so it can hold anything. Nothing of it may reach a terminal as a command, end a line,
// change the direction of what follows, or hide.

const UNSAFE = new RegExp(`[${UNSAFE_CHARACTERS}]`, "gu");
const UNSAFE_OR_LONE = new RegExp(`[${UNSAFE_CHARACTERS}\\p{Cs}]`, "gu");

/**
 * @param {string} text
 * @returns {string} the text, safe to show: unsafe characters are "?", lone surrogates U+FFFD
 */
export function clean(text) {
  return text.toWellFormed().replace(UNSAFE, "?");
}

/**
 * @param {string} json
 * @returns {string} equivalent JSON that is safe for a terminal: JSON itself does not escape every unsafe character
 */
export function escapeJson(json) {
  // Its own line ends stay.
  return json.replace(UNSAFE_OR_LONE, (found) => (found === "\n" ? found : found.split("").map(escape16).join("")));
}

/** @param {string} unit */
function escape16(unit) {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
