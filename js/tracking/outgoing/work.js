import { KINDS, STATES } from "../../generated/slot-table.js";
import { encodeLabel, writeLabel } from "../../store/label.js";
import { advance, DETACHED, isClosed, takeOutgoingRecord } from "../../store/records.js";
import { NO_BYTES, NO_WORDS } from "../../store/tracked.js";
import { currentContext } from "../current-context.js";
import { pathLabels, writePath } from "../labels.js";

/** @import { Label } from "../../store/label.js" */

const CLOSED = STATES.indexOf("closed");
const OUTGOING = KINDS.indexOf("outgoing");

/** What a request waits for outside its thread: nothing but a record, so that neither holds the other. */
export class OutgoingWork {
  $words = NO_WORDS;
  $bytes = NO_BYTES;
  $base = 0;
  $kind = OUTGOING;
}

/**
 * Begins work of the current request or task, which has no label yet.
 *
 * @returns {OutgoingWork | undefined} `undefined` outside of them, and once they are over
 */
export function begin() {
  const parent = currentContext();
  if (parent === undefined || parent.$kind === DETACHED || (parent.$base !== 0 && isClosed(parent))) return undefined;
  const work = new OutgoingWork();
  takeOutgoingRecord(work, parent);
  return work;
}

/** @param {OutgoingWork | undefined} work */
export function end(work) {
  if (work !== undefined) advance(work, CLOSED);
}

/**
 * @param {OutgoingWork} work
 * @param {string} text verb and target, such as `tcp db.internal:5432`; not what is sent
 */
export function name(work, text) {
  const { words, length } = encodeLabel(text);
  writeLabel(work, words, 0, length);
}

/** Servers whose names are kept, encoded. */
const KEPT_SERVERS = 1000;

/** @type {Map<string, Map<string, Label>>} by method and host: the beginning of a label */
const servers = new Map();
let kept = 0;

/**
 * Names an HTTP request: `POST api.example.com/v1/charges`, without the query; without the path where paths are hidden.
 *
 * @param {OutgoingWork} work
 * @param {string} method
 * @param {string} host with the port, if it is not the scheme's
 * @param {string} target path and query
 */
export function nameRequest(work, method, host, target) {
  let prefix = servers.get(method)?.get(host);
  if (prefix === undefined) prefix = keep(method, host);
  if (pathLabels.hiding > 0) writeLabel(work, prefix.words, 0, prefix.length);
  else if (!writePath(work, prefix, target)) name(work, `${method} ${host}${/^[^?#]*/.exec(String(target))?.[0]}`);
}

/**
 * @param {string} method
 * @param {string} host
 */
function keep(method, host) {
  const prefix = encodeLabel(`${method} ${host}`);
  // A program that calls ever new hosts, or with long names, must not fill the memory.
  if (host.length > 253 || method.length > 16) return prefix;
  if (kept === KEPT_SERVERS) {
    servers.clear();
    kept = 0;
  }
  const hosts = servers.get(method) ?? new Map();
  servers.set(method, hosts.set(host, prefix));
  kept++;
  return prefix;
}
