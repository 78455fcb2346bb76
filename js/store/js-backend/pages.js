import { startClock, thread } from "#host";
import { LAYOUT } from "../../generated/slot-table.js";
import { CODES, literal, OnescopeError } from "../../util/errors.js";
import { encodeLabel, readLabel, writeName } from "../label.js";
import { readField, writeField } from "../slot-codec.js";
import { countOpen, describe, list, neverClosed } from "./contexts.js";
import { checkNumber, refuseNumber } from "./numbers.js";

/** @import { Block, Scalar, SlotInfo } from "../native/contract.js" */
/** @import { RecordRef } from "../records.js" */

/**
 * What must outlive a page: how many of its contexts were children of others, how many were closed, and how many of its records are
 * no contexts but outgoing work.
 *
 * @typedef {{ id: number, children: number, outgoing: number, closed: number, made: number }} Tally `made`: when, in ms of
 * `performance.now()`, which does not wrap */

const { pageRecords, recordWords, header } = LAYOUT;

/**
 * Pages that become findable between two ticks of the clock. A new WeakRef keeps its target until the turn of the event
 * loop ends, so without a bound a turn that makes a million contexts would keep them all. Pages beyond the bound are
 * counted, but `contexts` and ids do not find them.
 */
const FINDABLE_PER_TICK = 256;

/**
 * Pages in ordinary memory. The table holds them weakly: as in the native arena, a page lives as long as a context in it.
 *
 * @param {(id: number) => SlotInfo} nativeSlot
 * @param {() => SlotInfo[]} nativeSlots all of them, in order of id
 */
export function createArena(nativeSlot, nativeSlots) {
  /** @type {Map<number, WeakRef<ArrayBuffer>>} by page id */
  const pages = new Map();
  /** @type {WeakMap<ArrayBuffer, Tally>} */
  const tallies = new WeakMap();
  /** @type {Set<Tally>} of the pages that are alive */
  const alive = new Set();
  let findable = FINDABLE_PER_TICK;
  let current = new Int32Array(LAYOUT.recordWords);
  const retired = { created: 0, children: 0, closed: 0, abandoned: 0, oldest: Infinity };
  let lastPage = 0;

  /** @type {FinalizationRegistry<Tally>} */
  const collected = new FinalizationRegistry((tally) => {
    pages.delete(tally.id);
    alive.delete(tally);
    // Full: the page that the thread still fills is never collected.
    const created = pageRecords - 1 - tally.children - tally.outgoing;
    retired.created += created;
    retired.children += tally.children;
    retired.closed += tally.closed;
    if (created === tally.closed) return;
    retired.oldest = Math.min(retired.oldest, tally.made);
    retired.abandoned += created - tally.closed;
  });

  /** @type {Block} runs once a thread is attached */
  let clock = [0];
  let clockBase = 0;

  /** @returns {Generator<import("./contexts.js").Page>} those that are alive and can be found, in order of id */
  function* live() {
    for (const page of pages.values()) {
      const buffer = page.deref();
      if (buffer !== undefined) yield { $words: new Int32Array(buffer), $bytes: new Uint8Array(buffer) };
    }
  }

  /** @param {number} id of a context */
  function resolve(id) {
    checkNumber(id);
    const index = id % pageRecords;
    // Page 0 does not exist, and the first record of a page is its header.
    if (id < pageRecords || index === 0) refuseNumber(id);
    const buffer = pages.get((id - index) / pageRecords)?.deref();
    const $words = buffer === undefined ? undefined : new Int32Array(buffer);
    if (buffer === undefined || $words === undefined || index >= $words[header.cursor]) {
      throw new OnescopeError(
        CODES.STALE_ID,
        `no context has the id ${id}: it was collected, or never existed; use an id while its context is reachable`,
      );
    }
    return { $words, $bytes: new Uint8Array(buffer), $base: index * recordWords };
  }

  return {
    attachThread() {
      clock = startClock(() => {
        findable = FINDABLE_PER_TICK;
      }, clockBase);
      return { id: thread, clock };
    },

    /** @param {number} ms what the clock shows from its start */
    selftestClock(ms) {
      clockBase = ms - performance.now();
    },

    allocatePage() {
      const buffer = new ArrayBuffer(LAYOUT.pageBytes);
      const words = new Int32Array(buffer);
      const tally = { id: ++lastPage, children: 0, outgoing: 0, closed: 0, made: performance.now() };
      const first = tally.id * pageRecords;
      words[header.magic] = LAYOUT.magic;
      words[header.version] = LAYOUT.version;
      words[header.thread] = thread;
      words[header.idLow] = first % 2 ** 32;
      words[header.idHigh] = Math.floor(first / 2 ** 32);
      words[header.cursor] = 1;
      words[header.recordCount] = pageRecords;
      if (findable > 0) {
        findable--;
        pages.set(tally.id, new WeakRef(buffer));
      }
      tallies.set(buffer, tally);
      alive.add(tally);
      current = words;
      collected.register(buffer, tally);
      return buffer;
    },

    /** @param {Int32Array} words */
    childCreated(words) {
      const tally = tallies.get(/** @type {ArrayBuffer} */ (words.buffer));
      if (tally !== undefined) tally.children++;
    },

    /** @param {Int32Array} words */
    outgoingBegan(words) {
      const tally = tallies.get(/** @type {ArrayBuffer} */ (words.buffer));
      if (tally !== undefined) tally.outgoing++;
    },

    /** @param {Int32Array} words */
    closed(words) {
      const tally = tallies.get(/** @type {ArrayBuffer} */ (words.buffer));
      if (tally !== undefined) tally.closed++;
    },

    counts() {
      let { created, children, closed } = retired;
      let liveRecords = 0;
      for (const tally of alive) {
        const taken = tally.id === lastPage ? current[header.cursor] - 1 : pageRecords - 1;
        liveRecords += taken - tally.outgoing;
        created += taken - tally.children - tally.outgoing;
        children += tally.children;
        closed += tally.closed;
      }
      const inFlight = created - closed - retired.abandoned;
      return {
        created,
        children,
        closed,
        abandoned: retired.abandoned,
        inFlight,
        livePages: alive.size,
        liveRecords,
        threads: 1,
      };
    },

    // What was written in a page is gone with it, the labels too.
    neverClosed(/** @type {number} */ idleMs) {
      const { abandoned: count, oldest } = retired;
      const oldestMs = Math.round(performance.now() - oldest);
      const gone = count === 0 ? [] : [{ label: "unknown", count, oldestMs, collected: count }];
      return neverClosed(live(), idleMs, clock[0], gone);
    },

    contexts: (/** @type {import("../native/contract.js").ContextsFilter | undefined} */ options) =>
      list(live(), options ?? {}, clock[0], nativeSlots),

    inFlight: () => countOpen(live()),

    /** @returns {import("../../inspect.js").Latency[]} a page is gone before its records could be counted */
    latencies: () => [],
    slow: () => [],

    /** @type {(id: number, slot: number) => Scalar} */
    readSlot: (id, slot) => {
      const record = resolve(id);
      return readField(nativeSlot(slot), record);
    },

    /** @type {(id: number, slot: number, value: unknown) => void} */
    writeSlot: (id, slot, value) => {
      const record = resolve(id);
      writeField(nativeSlot(slot), record, value);
    },

    /** @param {number} id */
    readLabel: (id) => readLabel(resolve(id)),

    /**
     * @param {number} id
     * @param {string} text
     */
    writeLabel(id, text) {
      const record = resolve(id);
      if (typeof text !== "string") {
        throw new OnescopeError(CODES.SLOT_KIND, `a label must be a string, not ${literal(text)}; pass a string`);
      }
      writeName(record, encodeLabel(text));
    },

    /** @param {number} id */
    readState(id) {
      const { state, kind } = describe(resolve(id), clock[0]);
      return { state, kind };
    },
  };
}
