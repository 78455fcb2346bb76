import { LAYOUT } from "../generated/slot-table.js";
import { encodeLabel, ROUTE_LABEL, writeLabel } from "../store/label.js";
import { shared } from "../util/shared.js";
import { pathname } from "./pathname.js";

/** @import { Label } from "../store/label.js" */
/** @import { RecordOwner } from "../store/records.js" */

// What names HTTP requests: method and path until there is a route.

// Not imported: an import reads all exports of a module, and some of these load Node's HTTP client and HTTP/2, in 5 MB.
const { METHODS } = process.getBuiltinModule("node:http");

const { words: WORD, bytes: BYTE, labelBytes } = LAYOUT;

const HASH = 0x23;
const SLASH = 0x2f;
const QUESTION = 0x3f;

/** By character of a target, whether it stands in a label as it is: printable ASCII that does not end the path. */
const IS_PLAIN = Uint8Array.from({ length: 256 }, (_, code) =>
  code > 0x20 && code < 0x7f && code !== HASH && code !== QUESTION ? 1 : 0,
);

/** Characters of a target that are looked at: it can begin with scheme and host. */
const LONGEST_TARGET = 1024;

/** Bytes in which there are as many characters of UTF-8 as fit. */
const LONGEST_PATH = 4 * labelBytes;

export const pathLabels = shared("path-labels", () => ({
  /** how many of `trackRequests()` hide paths, because these hold secrets */
  hiding: 0,
}));

/**
 * Labels a request with its method and path: no query, no fragment, no host, no credentials. Or only with its method, where paths are
 * hidden.
 *
 * @param {RecordOwner} owner has a record that says so, and no label yet
 * @param {string} method of HTTP/2 it can be any text
 * @param {string} target as Node gives it: its bytes as Latin-1
 */
export function writeTarget(owner, method, target) {
  if (pathLabels.hiding > 0) {
    const { words, length } = routesOf(method).hidden;
    return writeLabel(owner, words, 0, length);
  }
  if (writePlain(owner, method, target)) return;
  const label = encodeOdd(String(method), String(target ?? "*"));
  writeLabel(owner, label.words, 0, label.length);
}

/**
 * @param {RecordOwner} owner has a record without a label
 * @param {string} method
 * @param {string} target
 * @returns {boolean} whether that needs no encoding: a method of Node's, and a path of printable ASCII
 */
function writePlain(owner, method, target) {
  const { method: known, prefix } = routesOf(method);
  return known === method && writePath(owner, prefix, target);
}

/**
 * Writes a label in place, without query and fragment, if its path is printable ASCII.
 *
 * @param {RecordOwner} owner has a record without a label
 * @param {Label} prefix what comes before the path
 * @param {string} target
 * @returns {boolean} whether it is written
 */
export function writePath({ $words, $bytes, $base }, { words, length }, target) {
  if (typeof target !== "string" || target.charCodeAt(0) !== SLASH) return false;
  for (let index = 0; index << 2 < length; index++) $words[$base + WORD.label + index] = words[index];
  const to = ($base << 2) + BYTE.label + length;
  const end = Math.min(target.length, labelBytes - length);
  let index = 0;
  for (; index < end; index++) {
    const code = target.charCodeAt(index);
    if (IS_PLAIN[code] !== 1) {
      if (code === QUESTION || code === HASH) break;
      return false;
    }
    $bytes[to + index] = code;
  }
  $bytes[($base << 2) + BYTE.labelLength] = length + index;
  return true;
}

/**
 * @param {string} method
 * @param {string} target the absolute form, as proxies get it; `*`; or one with other bytes than printable ASCII, or with a
 *   method that is not one of Node's
 */
function encodeOdd(method, target) {
  const path = pathname(target.slice(0, LONGEST_TARGET)).slice(0, LONGEST_PATH);
  return encodeLabel(`${method.slice(0, labelBytes)} ${Buffer.from(path, "latin1").toString()}`);
}

/** Routes of one method whose labels are kept. */
const KEPT_ROUTES = 1000;

/** How a route is named for a method that is none of Node's: HTTP/2 takes any word, and clients must not make up labels. */
const OTHER_METHOD = "other method";

/**
 * @typedef {object} Routes of one method
 * @property {string} method
 * @property {Label} prefix of labels: the method and a space
 * @property {Map<string, Label>} labels by route
 * @property {Label} hidden of requests without a route whose paths are hidden, as src/latency/unrouted.rs names them
 */

/** @type {Map<string, Routes>} by method: as many routes as the app has */
const methods = new Map([...METHODS, OTHER_METHOD].map((method) => [method, emptyRoutes(method)]));
const others = /** @type {Routes} */ (methods.get(OTHER_METHOD));

/** those of the method that was asked for last, which is nearly always the same */
let last = others;

/**
 * @param {string} method
 * @returns {Routes}
 */
function emptyRoutes(method) {
  return { method, prefix: encodeLabel(`${method} `), labels: new Map(), hidden: encodeLabel(`${method} (no route)`) };
}

/** @param {string} method */
function routesOf(method) {
  // Not read from `last` again: a probe can run between any two instructions.
  const routes = last.method === method ? last : (methods.get(method) ?? others);
  last = routes;
  return routes;
}

/**
 * @param {RecordOwner} owner has a record
 * @param {string} method
 * @param {string} route pattern
 */
export function writeRoute(owner, method, route) {
  const routes = routesOf(method);
  const { words, length } = routes.labels.get(route) ?? keepRoute(routes, route);
  owner.$bytes[(owner.$base << 2) + BYTE.inner] = ROUTE_LABEL;
  writeLabel(owner, words, 0, length);
}

/**
 * @param {Routes} routes
 * @param {string} route
 */
function keepRoute({ method, labels }, route) {
  const label = encodeLabel(`${method} ${route.slice(0, 2 * labelBytes)}`);
  // An app that makes routes up as it goes must not fill the memory, nor may a long one.
  if (route.length > 2 * labelBytes) return label;
  if (labels.size === KEPT_ROUTES) labels.clear();
  labels.set(route, label);
  return label;
}
