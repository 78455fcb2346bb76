import { LAYOUT } from "../generated/slot-table.js";

// Labels are written into cells in place, without a call. What is plain goes byte by byte; what was encoded before, as
// routes are, goes word by word from where its encoded form is kept.

/** @typedef {import("../context/cells.js").CellOwner} CellOwner */
/** @typedef {{ words: Int32Array, length: number }} Label `length` in bytes; the words are padded with zeros */

const { words: WORD, bytes: BYTE, labelBytes } = LAYOUT;
const encoder = new TextEncoder();

const SPACE = 0x20;
const HASH = 0x23;
const SLASH = 0x2f;
const QUESTION = 0x3f;
const LAST_PLAIN = 0x7e;

/** The longest method that is written byte by byte. Node's HTTP/1 knows none longer; HTTP/2 takes any text, of any length. */
const METHOD_LENGTH = 16;

/** Would end a line of a log, move a terminal's cursor, or turn the direction of what follows. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * @param {string} text
 * @returns {Label} what fits of it into 64 bytes of UTF-8, cut between two characters; control characters become "?", and
 *   lone surrogates U+FFFD
 */
export function encodeLabel(text) {
  const words = new Int32Array(labelBytes / 4);
  // No more characters can fit; cut first, so that a long text costs nothing.
  const safe = text.slice(0, labelBytes).toWellFormed().replace(UNSAFE, "?");
  const { written } = encoder.encodeInto(safe, new Uint8Array(words.buffer));
  return { words: words.slice(0, Math.ceil(written / 4)), length: written };
}

/**
 * @param {CellOwner} owner has a cell
 * @param {Label} label
 */
export function writeLabel({ $words, $bytes, $base }, { words, length }) {
  const from = $base + WORD.label;
  for (let at = 0; at < words.length; at++) $words[from + at] = words[at];
  $bytes[($base << 2) + BYTE.labelLength] = length;
}

/**
 * Labels a request with its method and path: no query, no fragment, no host, no credentials.
 *
 * @param {CellOwner} owner has a cell
 * @param {string} method
 * @param {string} target as Node gives it: its bytes as Latin-1
 */
export function writeTarget(owner, method, target) {
  if (target.charCodeAt(0) !== SLASH || method.length > METHOD_LENGTH) return writeOddTarget(owner, method, target);
  const { $bytes, $base } = owner;
  const start = ($base << 2) + BYTE.label;
  let at = start;
  for (let index = 0; index < method.length; index++) {
    const code = method.charCodeAt(index);
    if (code <= SPACE || code > LAST_PLAIN) return writeOddTarget(owner, method, target);
    $bytes[at++] = code;
  }
  $bytes[at++] = SPACE;
  const size = Math.min(target.length, start + labelBytes - at);
  for (let index = 0; index < size; index++) {
    const code = target.charCodeAt(index);
    if (code === QUESTION || code === HASH) break;
    if (code <= SPACE || code > LAST_PLAIN) return writeOddTarget(owner, method, target);
    $bytes[at++] = code;
  }
  $bytes[($base << 2) + BYTE.labelLength] = at - start;
}

/**
 * @param {CellOwner} owner
 * @param {string} method
 * @param {string} target the absolute form, as proxies get it; `*`; or one with other bytes than printable ASCII, or with a
 *   method that is not one of Node's
 */
function writeOddTarget(owner, method, target) {
  const path = target.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, "").replace(/[?#].*/s, "") || "/";
  writeLabel(
    owner,
    encodeLabel(`${method.slice(0, labelBytes)} ${Buffer.from(path.slice(0, labelBytes), "latin1").toString()}`),
  );
}

/** Routes of one method whose labels are kept. */
const KEPT_ROUTES = 1000;
/** HTTP/2 takes any word for a method. */
const KEPT_METHODS = 50;

/** @typedef {{ method: string, labels: Map<string, Label> }} Routes `labels` by route */

/** @type {Map<string, Routes>} by method: as many routes as the app has */
const methods = new Map();

/** those of the method that was asked for last, which is nearly always the same */
let routes = /** @type {Routes} */ ({ method: "", labels: new Map() });

/**
 * @param {CellOwner} owner has a cell
 * @param {string} method
 * @param {string} route pattern
 */
export function writeRoute(owner, method, route) {
  if (routes.method !== method) routes = routesOf(method);
  writeLabel(owner, routes.labels.get(route) ?? keepRoute(method, route));
}

/** @param {string} method */
function routesOf(method) {
  const known = methods.get(method) ?? { method, labels: new Map() };
  if (methods.size === KEPT_METHODS) methods.clear();
  methods.set(method, known);
  return known;
}

/**
 * @param {string} method that of `routes`
 * @param {string} route
 */
function keepRoute(method, route) {
  const { labels } = routes;
  // An app that makes routes up as it goes must not fill the memory.
  if (labels.size === KEPT_ROUTES) labels.clear();
  const label = encodeLabel(`${method} ${route}`);
  labels.set(route, label);
  return label;
}
