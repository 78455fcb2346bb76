import { UNSAFE_CHARACTERS } from "../generated/unsafe-characters.js";

// A label names what a client asked for, so it can hold anything. Nothing of it may reach a terminal as a command, end a
// line, turn the direction of what follows, or hide.

const UNSAFE = new RegExp(`[${UNSAFE_CHARACTERS}]`, "gu");
const UNSAFE_OR_LONE = new RegExp(`[${UNSAFE_CHARACTERS}\\p{Cs}]`, "gu");

/**
 * @param {string} text
 * @returns {string} the same as people may see it: unsafe characters are "?", lone surrogates U+FFFD
 */
export function clean(text) {
  return text.toWellFormed().replace(UNSAFE, "?");
}

/**
 * @param {string} json
 * @returns {string} the same, and safe for a terminal: JSON itself leaves some of what is unsafe as it is
 */
export function escapeJson(json) {
  // Its own line ends stay.
  return json.replace(UNSAFE_OR_LONE, (found) => (found === "\n" ? found : found.split("").map(escape16).join("")));
}

/** @param {string} unit */
function escape16(unit) {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
