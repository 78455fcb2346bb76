import { elapsedMs } from "../store/clock.js";
import { hooks } from "../store/hooks.js";
import { coarseNow, DETACHED, nameOf } from "../store/records.js";
import { warnOfRuntime } from "../util/runtime.js";
import { shared } from "../util/shared.js";
import { collectedBefore, watchMajors } from "./major-gc.js";

// Which closed contexts are still held. A page of cells lives as long as any context in it, so it proves nothing of one
// context. A context that closes therefore gets a small object of its own, its life, which nobody else holds and which we
// hold weakly. A weak reference to the context itself would do, but what it names survives minor collections, and the
// request's values with it.
//
// A weak reference costs more than everything else that a request does here, and nearly all contexts are garbage by the next
// full collection. So lives are held in batches, one weak reference for all: each life holds its batch, and the batch its
// lives, so it goes when the last of its contexts has gone. Only of a batch that is still there after a full collection does
// each life get a reference of its own, and the batch lets go of them.
//
//     context ──► life ──► batch ──► its lives        a weak reference to the batch
//     context ──► life                                later: one to each life
//
// Even so there is a ration: a burst is followed whole, a server that closes more than the ration for long is sampled, and
// the rest counted.

/** Lives in a batch. Twice as many saved no more time; each one that is still held costs the references of all. */
const BATCH = 16;

/** Contexts that can be followed at once. */
const PLACES = 8192;
/** Contexts followed in a burst, and for each ms in the long run. */
const BURST = 1024;
const PER_MS = 0.5;

class Batch {
  /** @type {Life[]} */
  lives = [];
}

/** What is as long reachable as its context. */
class Life {
  /**
   * @param {import("../store/records.js").CellOwner} context
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

const state = shared("lives", () => ({
  /** the one that is filled, and held until it is full or a full collection comes */
  open: new Batch(),
  /** @type {WeakRef<Batch>[]} those that are full */
  full: [],
  /** @type {{ life: WeakRef<Life>, since: number }[]} lives out of batches; `since` when, in ms of `performance.now()` */
  single: [],
  ration: BURST,
  /** the coarse time up to which the ration was given out */
  rationed: 0,
  skipped: 0,
  /** how many asked for it and have not stopped */
  users: 0,
  since: 0,
  /** @type {PerformanceObserver | undefined} */
  observer: undefined,
}));

/** @param {import("../store/records.js").CellOwner} context */
function follow(context) {
  if (context.$kind === DETACHED) return;
  const now = coarseNow();
  if (now !== state.rationed) {
    state.ration = Math.min(BURST, state.ration + elapsedMs(state.rationed, now) * PER_MS);
    state.rationed = now;
  }
  if (state.ration < 1 || state.full.length * BATCH + state.single.length >= PLACES) {
    state.skipped++;
    return;
  }
  state.ration--;
  const batch = state.open;
  const life = new Life(context, now, batch);
  /** @type {any} */ (context).$life = life;
  if (batch.lives.push(life) < BATCH) return;
  state.full.push(new WeakRef(batch));
  state.open = new Batch();
}

/** After each full collection: each life that it left is worth a reference of its own. */
function singleOut() {
  state.single = state.single.filter(({ life }) => life.deref() !== undefined);
  const left = [state.open, ...state.full.map((batch) => batch.deref())];
  state.full = [];
  state.open = new Batch();
  const since = performance.now();
  for (const batch of left) {
    for (const life of batch?.lives.splice(0) ?? []) state.single.push({ life: new WeakRef(life), since });
  }
}

/**
 * Starts to follow the contexts of this thread that close from now on, for `leaks`.
 *
 * @returns {{ stop(): void }} `stop` ends it, once everybody who started it has stopped, and forgets what was followed
 */
export function trackLeaks() {
  warnOfRuntime();
  if (state.users++ === 0) {
    state.since = performance.now();
    state.rationed = coarseNow();
    state.ration = BURST;
    state.skipped = 0;
    state.observer = watchMajors(singleOut);
    hooks.closed = follow;
  }
  let stopped = false;
  return {
    stop() {
      if (stopped) return;
      stopped = true;
      if (--state.users > 0) return;
      hooks.closed = undefined;
      state.observer?.disconnect();
      Object.assign(state, { open: new Batch(), full: [], single: [] });
    },
  };
}

/** @returns {boolean} whether contexts are followed */
export function isTracking() {
  return state.users > 0;
}

/**
 * The contexts that closed and are still held, as far as they were followed and full collections have proved it.
 *
 * @returns {{ held: Array<{ label: string, ageMs: number }>, unproven: number, skipped: number, sinceMs: number }}
 */
export function closedLives() {
  const proven = collectedBefore();
  const held = [];
  let unproven = state.open.lives.length;
  for (const batch of state.full) unproven += batch.deref()?.lives.length ?? 0;
  for (const { life, since } of state.single) {
    const alive = life.deref();
    if (alive === undefined) continue;
    if (since < proven) held.push({ label: nameOf(alive), ageMs: elapsedMs(alive.closed, coarseNow()) });
    else unproven++;
  }
  return { held, unproven, skipped: state.skipped, sinceMs: Math.round(performance.now() - state.since) };
}
