import { KINDS, LAYOUT, SLOTS, STATES } from "../../generated/slot-table.js";
import { CODES, literal, OnescopeError } from "../../util/errors.js";
import { elapsedMs } from "../clock.js";
import { readLabel } from "../label.js";
import { readField } from "../slot-codec.js";
import { checkNumber } from "./numbers.js";

/** @import { ContextInfo, ContextsFilter, Scalar, SlotInfo } from "../native/contract.js" */
/** @import { RecordRef } from "../records.js" */

// Contexts as plain values. The rules are those of src/store/queries.rs.

// The kind of a context of the App Router is only known from its phase.
const PHASE = /** @type {SlotInfo} */ (SLOTS.find(({ key }) => key === "phase"));
/** @type {Record<string, ContextInfo["kind"]>} */
const APP_KINDS = { render: "appPage", action: "action", "route-handler": "appRoute", null: "appPage" };

const { recordWords, header, words: WORD, bytes: BYTE } = LAYOUT;

/**
 * Lists contexts, oldest first.
 *
 * @param {Iterable<RecordRef>} records
 * @param {ContextsFilter} filter
 * @param {number} now reading of the clock
 * @param {() => SlotInfo[]} nativeSlots
 * @returns {Array<ContextInfo & { slots?: Record<string, Scalar> }>}
 * @throws {OnescopeError} `ERR_ONESCOPE_ID`, `ERR_ONESCOPE_FILTER` for an invalid filter
 */
export function list(records, filter, now, nativeSlots) {
  const { limit = Number.MAX_SAFE_INTEGER, label, state, thread, children = false, closed = false, slots } = filter;
  checkNumber(limit);
  checkText("label", label);
  checkText("state", state);
  if (state !== undefined && !STATES.includes(/** @type {ContextInfo["state"]} */ (state))) {
    refuse(`state ${literal(state)} is unknown; expected one of ${STATES.join(", ")}`);
  }
  if (thread !== undefined) checkNumber(thread);
  const native = slots ? nativeSlots() : [];
  const found = [];
  for (const record of records) {
    const info = describe(record, now);
    if (!children && info.parent !== null && record.$bytes[record.$base * 4 + BYTE.inner] === 0) continue;
    if (!closed && info.state === "closed") continue;
    if (state !== undefined && info.state !== state) continue;
    if (thread !== undefined && info.thread !== thread) continue;
    if (label !== undefined && !info.label.includes(label)) continue;
    found.push(
      slots ? { ...info, slots: Object.fromEntries(native.map((slot) => [slot.key, readField(slot, record)])) } : info,
    );
  }
  found.sort((a, b) => b.ageMs - a.ageMs || a.id - b.id);
  return found.slice(0, limit);
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
  const kind = $bytes[$base * 4 + BYTE.kind];
  const phase = String(readField(PHASE, record));
  return {
    id: firstId($words) + $base / recordWords,
    kind: KINDS[kind] === "appPage" ? APP_KINDS[phase] : KINDS[kind],
    state: STATES[$bytes[$base * 4 + BYTE.state]],
    label: readLabel(record),
    ageMs: elapsedMs($words[$base + WORD.started], now),
    idleMs: elapsedMs($words[$base + WORD.touched], now),
    thread: $words[header.thread],
    parent: parentOf(record),
  };
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
