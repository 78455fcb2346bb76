import { KINDS, LAYOUT, LIMITS, STATES } from "../../generated/slot-table.js";
import { elapsedMs } from "../clock.js";
import { readLabel } from "../label.js";

/** @import { Wait } from "../../inspect.js" */
/** @import { RecordRef } from "../records.js" */
/** @import { Page } from "./contexts.js" */

// What requests wait for. The rules are those of src/store/waits.rs.

const { recordWords, header, words: WORD, bytes: BYTE } = LAYOUT;
const ACTIVE = STATES.indexOf("active");
const OUTGOING = KINDS.indexOf("outgoing");
const REGENERATION = KINDS.indexOf("regeneration");

/**
 * Fills in what each context of a list waits for.
 *
 * @param {Array<{ id: number, waiting?: Wait | null }>} list
 * @param {Page[]} pages all that there are, in order of id
 * @param {number} now reading of the clock
 */
export function fillInWaits(list, pages, now) {
  const listed = new Map(list.map((each) => [each.id, each]));
  const byId = new Map(pages.map((page) => [idOf(page, 0), page]));
  for (const each of list) each.waiting = null;
  // Outgoing work first, which is what a task around it waits for. One thread makes all records, so that the first one is the oldest.
  for (const wanted of [true, false]) {
    for (const page of pages.filter(({ $words }) => $words[header.nested] !== 0)) {
      for (let index = 1; index < page.$words[header.cursor]; index++) {
        const record = { ...page, $base: index * recordWords };
        if (sortOf(record) !== wanted) continue;
        let above = parentOf(record);
        for (let depth = 0; above !== 0 && depth <= LIMITS.parents; depth++) {
          const waits = listed.get(above);
          if (waits?.waiting === null)
            waits.waiting = {
              label: readLabel(record),
              ms: elapsedMs(record.$words[record.$base + WORD.started], now),
            };
          above = parentOfId(byId, above);
        }
      }
    }
  }
}

/**
 * @param {RecordRef} record
 * @returns {boolean | undefined} whether what others wait for is outgoing work, or else a task; `undefined` for what nobody waits for
 */
function sortOf(record) {
  const at = record.$base * 4;
  if (record.$bytes[at + BYTE.state] !== ACTIVE || parentOf(record) === 0) return undefined;
  const kind = record.$bytes[at + BYTE.kind];
  if (kind === OUTGOING) return true;
  return kind === REGENERATION || record.$bytes[at + BYTE.inner] === 0 ? undefined : false;
}

/**
 * @param {Page} page
 * @param {number} index
 */
function idOf({ $words }, index) {
  return ($words[header.idHigh] >>> 0) * 2 ** 32 + ($words[header.idLow] >>> 0) + index;
}

/** @param {RecordRef} record */
function parentOf({ $words, $base }) {
  return ($words[$base + WORD.parentHigh] >>> 0) * 2 ** 32 + ($words[$base + WORD.parentLow] >>> 0);
}

/**
 * @param {Map<number, Page>} byId pages by the id of their header
 * @param {number} id of a context
 */
function parentOfId(byId, id) {
  const index = id % LAYOUT.pageRecords;
  const page = byId.get(id - index);
  return page === undefined ? 0 : parentOf({ ...page, $base: index * recordWords });
}
