import { constants, PerformanceObserver } from "node:perf_hooks";
import { entry } from "../async-context/entry.js";
import { elapsedMs } from "../store/clock.js";
import { hooks } from "../store/hooks.js";
import { coarseNow, DETACHED, nameOf } from "../store/records.js";
import { createSharedHandle } from "../util/handle.js";
import { warnOfRuntime } from "../util/runtime.js";
import { shared } from "../util/shared.js";

/** @import { LeakReport } from "../inspect.js" */
/** @import { RecordOwner } from "../store/records.js" */

// Which closed contexts are still reachable. A block of records lives as long as any context in it, so it proves nothing of one
// context. A context that closes therefore gets a sentinel: a small object that only the context references, and that is
// referenced weakly from here. A weak reference to the context itself would survive minor GCs, and the request's values with it.
//
// A weak reference costs more than everything else that a request does here, and nearly all contexts are garbage by the next
// major GC. So sentinels are held in batches with one weak reference each: a sentinel references its batch, and the batch its
// sentinels, so the batch is collected with the last of its contexts. Only the sentinels of a batch that survived a major GC get
// a reference of their own, and the batch drops them.
//
//     context ──► sentinel ──► batch ──► its sentinels     a weak reference to the batch
//     context ──► sentinel                                 later: one to each sentinel
//
// A minor GC visits young objects only, and a major one may have marked an object before it became unreachable, because marking
// runs beside the program. So only the second major GC after a moment proves that what was unreachable then is collected.
//
// A sampling budget bounds the cost: a burst is tracked whole, a server that closes more than that for long is sampled, and
// the rest are counted.

/** Sentinels in a batch. Twice as many saved no more time; each one that is still held costs the references of all. */
const BATCH = 16;

/** Contexts that can be tracked at once. */
const PLACES = 8192;
/** Contexts tracked in a burst, and for each ms in the long run. */
const BURST = 1024;
const PER_MS = 0.5;

class Batch {
  /** @type {Sentinel[]} */
  sentinels = [];
}

/** Reachable exactly as long as its context. */
class Sentinel {
  /**
   * @param {RecordOwner} context
   * @param {number} closed when it closed, by the coarse clock
   * @param {Batch} batch
   */
  constructor({ $words, $bytes, $base, $kind }, closed, batch) {
    this.$words = $words;
    this.$bytes = $bytes;
    this.$base = $base;
    this.$kind = $kind;
    this.closed = closed;
    this.batch = batch;
  }
}

const state = shared("sentinels", () => ({
  /** the one that is filled, held until it is full or the next major GC */
  open: new Batch(),
  /** @type {WeakRef<Batch>[]} those that are full */
  full: [],
  /** @type {{ sentinel: WeakRef<Sentinel>, since: number }[]} out of batches; `since` in ms of `performance.now()` */
  single: [],
  budget: BURST,
  /** the coarse time at which the budget was last refilled */
  refilled: 0,
  skipped: 0,
  /** handles in use */
  users: 0,
  since: 0,
  /** @type {PerformanceObserver | undefined} */
  observer: undefined,
  /** times of the last two major GCs, in ms of `performance.now()`; -1 for none */
  majorGc: { before: -1, last: -1 },
}));

/** @param {RecordOwner} context */
function follow(context) {
  if (context.$kind === DETACHED) return;
  const now = coarseNow();
  if (now !== state.refilled) {
    state.budget = Math.min(BURST, state.budget + elapsedMs(state.refilled, now) * PER_MS);
    state.refilled = now;
  }
  if (state.budget < 1 || state.full.length * BATCH + state.single.length >= PLACES) {
    state.skipped++;
    return;
  }
  state.budget--;
  const batch = state.open;
  const sentinel = new Sentinel(context, now, batch);
  context.$sentinel = sentinel;
  if (batch.sentinels.push(sentinel) < BATCH) return;
  state.full.push(new WeakRef(batch));
  state.open = new Batch();
}

function observeMajorGc() {
  const observer = new PerformanceObserver((list) => {
    for (const { detail, startTime } of /** @type {Array<{ detail: { kind: number }, startTime: number }>} */ (
      /** @type {unknown} */ (list.getEntries())
    )) {
      if (detail.kind !== constants.NODE_PERFORMANCE_GC_MAJOR) continue;
      state.majorGc = { before: state.majorGc.last, last: startTime };
      singleOut();
    }
  });
  // Outside every scope: the observer lasts, and must not hold a request.
  entry.runOutside(() => observer.observe({ entryTypes: ["gc"] }));
  return observer;
}

/** After each major GC: gives each sentinel that survived it its own reference. */
function singleOut() {
  state.single = state.single.filter(({ sentinel }) => sentinel.deref() !== undefined);
  const left = [state.open, ...state.full.map((batch) => batch.deref())];
  state.full = [];
  state.open = new Batch();
  const since = performance.now();
  for (const batch of left) {
    for (const sentinel of batch?.sentinels.splice(0) ?? [])
      state.single.push({ sentinel: new WeakRef(sentinel), since });
  }
}

/** @type {typeof import("../inspect.js").trackLeaks} */
export function trackLeaks() {
  warnOfRuntime();
  return createSharedHandle(state, start, end);
}

function start() {
  state.since = performance.now();
  state.refilled = coarseNow();
  state.budget = BURST;
  state.skipped = 0;
  state.observer = observeMajorGc();
  hooks.closed = follow;
}

function end() {
  hooks.closed = undefined;
  state.observer?.disconnect();
  Object.assign(state, { open: new Batch(), full: [], single: [], skipped: 0 });
}

/**
 * The closed contexts that are still reachable, as far as they are tracked and major GCs have proved it. Reads only.
 *
 * @returns {Omit<LeakReport, "held" | "neverClosed" | "lateReads"> & { held: Array<{ label: string, ageMs: number }> }}
 */
export function closedContexts() {
  const tracking = state.users > 0;
  const held = [];
  let unproven = state.open.sentinels.length;
  for (const batch of state.full) unproven += batch.deref()?.sentinels.length ?? 0;
  for (const { sentinel, since } of state.single) {
    const alive = sentinel.deref();
    if (alive === undefined) continue;
    if (since < state.majorGc.before) held.push({ label: nameOf(alive), ageMs: elapsedMs(alive.closed, coarseNow()) });
    else unproven++;
  }
  const sinceMs = tracking ? Math.round(performance.now() - state.since) : 0;
  return { tracking, held, unproven, skipped: state.skipped, sinceMs };
}
