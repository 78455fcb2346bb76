import { KINDS, LAYOUT, SLOTS, STATES } from "../../generated/slot-table.js";
import { CODES, literal, OnescopeError } from "../../util/errors.js";
import { elapsedMs } from "../clock.js";
import { readLabel } from "../label.js";
import { readField } from "../slot-codec.js";
import { checkNumber } from "./numbers.js";
import { fillInWaits } from "./waits.js";

/** @import { ContextInfo, ContextsFilter, SlotInfo } from "../native/contract.js" */
/** @import { RecordRef } from "../records.js" */
/** @import { Wait } from "../../inspect.js" */

// Contexts as plain values. The rules are those of src/store/queries.rs.

// The kind of a context of the App Router is only known from its phase.
const PHASE = /** @type {SlotInfo} */ (SLOTS.find(({ key }) => key === "phase"));
/** @type {Record<string, ContextInfo["kind"]>} */
const APP_KINDS = { render: "appPage", action: "action", "route-handler": "appRoute", null: "appPage" };

const { recordWords, header, words: WORD, bytes: BYTE } = LAYOUT;
const CLOSED = STATES.indexOf("closed");

/** @typedef {Pick<RecordRef, "$words" | "$bytes">} Page */
/** @typedef {import("../../inspect.js").LeakReport["neverClosed"]} NeverClosed */

/**
 * Lists contexts, oldest first.
 *
 * @param {Iterable<Page>} pages in order of id
 * @param {ContextsFilter} filter
 * @param {number} now reading of the clock
 * @param {() => SlotInfo[]} nativeSlots
 * @returns {Array<ContextInfo & { flags?: string[], waiting?: Wait | null }>}
 * @throws {OnescopeError} `ERR_ONESCOPE_ID`, `ERR_ONESCOPE_FILTER` for an invalid filter
 */
export function list(pages, filter, now, nativeSlots) {
  const { limit = Number.MAX_SAFE_INTEGER, label, state, thread, flags, waits, waiting } = filter;
  checkNumber(limit);
  checkText("label", label);
  checkText("waiting", waiting);
  checkText("state", state);
  if (state !== undefined && !STATES.includes(/** @type {ContextInfo["state"]} */ (state))) {
    refuse(`state ${literal(state)} is unknown; expected one of ${STATES.join(", ")}`);
  }
  if (thread !== undefined) checkNumber(thread);
  const native = flags ? nativeSlots().filter(({ kind }) => kind === "flag") : [];
  const all = [...pages];
  /** @type {Array<ContextInfo & { flags?: string[], waiting?: Wait | null }>} */
  const found = [];
  // One thread makes all contexts, so that their order is that of time.
  scan(all, filter, (record) => {
    // Which ones wait for something is known when all are listed.
    if (found.length === limit && waiting === undefined) return false;
    const info = describe(record, now);
    const set = () => native.filter((slot) => readField(slot, record) === true).map(({ key }) => key);
    found.push(flags ? { ...info, flags: set() } : info);
    return true;
  });
  if (!waits && waiting === undefined) return found;
  fillInWaits(found, all, now);
  if (waiting === undefined) return found;
  return found.filter((each) => each.waiting?.label.includes(waiting)).slice(0, limit);
}

/**
 * Counts requests and tasks in flight.
 *
 * @param {Iterable<Page>} pages
 * @returns {Pick<import("../../inspect.js").Counters, "byKind" | "byState">}
 */
export function countOpen(pages) {
  /** @type {Record<string, number>} */
  const byKind = {};
  /** @type {Record<string, number>} */
  const byState = {};
  scan(pages, {}, (record) => {
    const kind = kindOf(record);
    const state = STATES[record.$bytes[record.$base * 4 + BYTE.state]];
    byKind[kind] = (byKind[kind] ?? 0) + 1;
    byState[state] = (byState[state] ?? 0) + 1;
    return true;
  });
  return { byKind, byState };
}

/**
 * Groups what was never closed by label, the largest group first.
 *
 * @param {Iterable<Page>} pages
 * @param {number} idleMs
 * @param {number} now reading of the clock
 * @param {NeverClosed} gone
 * @returns {NeverClosed} those that have been idle for that long, and those that are gone
 */
export function neverClosed(pages, idleMs, now, gone) {
  const groups = new Map(gone.map((group) => [group.label, group]));
  scan(pages, {}, (record) => {
    if (elapsedMs(record.$words[record.$base + WORD.touched], now) < idleMs) return true;
    const label = readLabel(record) || kindOf(record);
    const group = groups.get(label) ?? { label, count: 0, oldestMs: 0, collected: 0 };
    group.count++;
    group.oldestMs = Math.max(group.oldestMs, elapsedMs(record.$words[record.$base + WORD.started], now));
    groups.set(label, group);
    return true;
  });
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

/**
 * Visits the contexts that a filter selects, whatever its limit, until `visit` returns false.
 *
 * @param {Iterable<Page>} pages
 * @param {ContextsFilter} filter
 * @param {(record: RecordRef) => boolean} visit gets the same object each time
 */
function scan(pages, { label, state, thread, children = false, closed = false }, visit) {
  const only = state === undefined ? -1 : STATES.indexOf(/** @type {ContextInfo["state"]} */ (state));
  for (const { $words, $bytes } of pages) {
    if (thread !== undefined && $words[header.thread] !== thread) continue;
    const record = { $words, $bytes, $base: 0 };
    for (let index = 1; index < $words[header.cursor]; index++) {
      record.$base = index * recordWords;
      const at = record.$base * 4;
      const code = $bytes[at + BYTE.state];
      if ((code === CLOSED && !closed) || (only >= 0 && code !== only)) continue;
      if (!children && $bytes[at + BYTE.inner] === 0 && parentOf(record) !== null) continue;
      if (label !== undefined && !readLabel(record).includes(label)) continue;
      if (!visit(record)) return;
    }
  }
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function checkText(name, value) {
  if (value !== undefined && typeof value !== "string") refuse(`${name} must be a string, not ${literal(value)}`);
}

/**
 * @param {string} reason
 * @returns {never}
 */
function refuse(reason) {
  throw new OnescopeError(CODES.FILTER, `invalid filter: ${reason}`);
}

/**
 * @param {RecordRef} record
 * @param {number} now reading of the clock
 * @returns {ContextInfo}
 */
export function describe(record, now) {
  const { $words, $bytes, $base } = record;
  return {
    id: firstId($words) + $base / recordWords,
    kind: kindOf(record),
    state: STATES[$bytes[$base * 4 + BYTE.state]],
    label: readLabel(record),
    ageMs: elapsedMs($words[$base + WORD.started], now),
    idleMs: elapsedMs($words[$base + WORD.touched], now),
    thread: $words[header.thread],
    parent: parentOf(record),
  };
}

/** @param {RecordRef} record */
function kindOf(record) {
  const kind = KINDS[record.$bytes[record.$base * 4 + BYTE.kind]];
  return kind === "appPage" ? APP_KINDS[String(readField(PHASE, record))] : kind;
}

/** @param {Int32Array} words */
function firstId(words) {
  return (words[header.idHigh] >>> 0) * 2 ** 32 + (words[header.idLow] >>> 0);
}

/** @param {RecordRef} record */
function parentOf({ $words, $base }) {
  const low = $words[$base + WORD.parentLow] >>> 0;
  const high = $words[$base + WORD.parentHigh] >>> 0;
  return high * 2 ** 32 + low || null;
}
