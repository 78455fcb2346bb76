import { coarseNow, DETACHED, nameOf } from "../context/cells.js";
import { closing } from "../context/closing.js";
import { shared } from "../shared.js";
import { collectedBefore, majorsSeen, watchMajors } from "./majors.js";

// Which closed contexts are still held. A page of cells lives as long as any context in it, so it proves nothing of one
// context. A context that closes therefore gets a small object of its own, its life, which nobody else holds and which we
// hold weakly. A weak reference to the context itself would do, but what it names survives minor collections, and the
// request's values with it.
//
// A weak reference costs more than everything else that a request does here, so they are rationed: a burst is followed
// whole, a server that closes more than the ration for long is sampled, and the rest counted.

/** Contexts that can be followed at once. */
const PLACES = 8192;
/** Contexts followed in a burst, and for each ms in the long run. */
const BURST = 1024;
const PER_MS = 0.5;

/** What is as long reachable as its context. */
class Life {
  /** @param {import("../context/cells.js").CellOwner} context */
  constructor({ $words, $bytes, $base, $kind }) {
    this.$words = $words;
    this.$bytes = $bytes;
    this.$base = $base;
    this.$kind = $kind;
    /** in ms of `performance.now()` */
    this.closed = performance.now();
  }
}

const state = shared("lives", () => ({
  /** @type {WeakRef<Life>[]} */
  places: [],
  ration: BURST,
  /** the coarse time up to which the ration was given out */
  rationed: 0,
  /** full collections seen as the places were last swept */
  swept: 0,
  skipped: 0,
  /** how many asked for it and have not stopped */
  users: 0,
  since: 0,
  /** @type {PerformanceObserver | undefined} */
  observer: undefined,
}));

/** @param {import("../context/cells.js").CellOwner} context */
function follow(context) {
  if (context.$kind === DETACHED) return;
  const now = coarseNow();
  if (now !== state.rationed) {
    state.ration = Math.min(BURST, state.ration + (now - state.rationed) * PER_MS);
    state.rationed = now;
  }
  if (state.ration < 1 || !hasPlace()) {
    state.skipped++;
    return;
  }
  state.ration--;
  const life = new Life(context);
  /** @type {any} */ (context).$life = life;
  state.places.push(new WeakRef(life));
}

function hasPlace() {
  if (state.places.length < PLACES) return true;
  // Nothing can have become free since.
  if (state.swept === majorsSeen()) return false;
  state.swept = majorsSeen();
  state.places = state.places.filter((place) => place.deref() !== undefined);
  return state.places.length < PLACES;
}

/**
 * Starts to follow the contexts of this thread that close from now on, for `leaks`.
 *
 * @returns {{ stop(): void }} `stop` ends it, once everybody who started it has stopped, and forgets what was followed
 */
export function trackLeaks() {
  if (state.users++ === 0) {
    state.since = performance.now();
    state.rationed = coarseNow();
    state.ration = BURST;
    state.skipped = 0;
    state.observer = watchMajors();
    closing.track = follow;
  }
  let stopped = false;
  return {
    stop() {
      if (stopped) return;
      stopped = true;
      if (--state.users > 0) return;
      closing.track = undefined;
      state.observer?.disconnect();
      state.places = [];
    },
  };
}

/** @returns {boolean} whether contexts are followed */
export function isTracking() {
  return state.users > 0;
}

/**
 * The contexts that closed and are still held, as far as they were followed and a full collection has proved it.
 *
 * @returns {{ held: Array<{ label: string, ageMs: number }>, unproven: number, skipped: number, sinceMs: number }}
 */
export function closedLives() {
  const now = performance.now();
  const proven = collectedBefore();
  const held = [];
  let unproven = 0;
  for (const place of state.places) {
    const life = place.deref();
    if (life === undefined) continue;
    if (life.closed < proven) held.push({ label: nameOf(life), ageMs: Math.round(now - life.closed) });
    else unproven++;
  }
  return { held, unproven, skipped: state.skipped, sinceMs: Math.round(now - state.since) };
}
