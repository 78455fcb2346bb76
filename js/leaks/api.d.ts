// What `onescope/inspect` exports of this folder.

import type { Handle } from "../../index.js";

/** Contexts with the same label, or with the same kind if they have none. */
export interface LeakGroup {
  /** The label or the kind. */
  label: string;
  /** Number of contexts. */
  count: number;
  /** Milliseconds since the first of them closed, or was made if it never closed. */
  oldestMs: number;
}

/** What requests leave behind. */
export interface LeakReport {
  /** Whether {@link trackLeaks} is on in this thread. */
  tracking: boolean;
  /** Contexts of this thread that closed and are still held, by a timer, a socket or a cache; the largest group first. */
  held: LeakGroup[];
  /**
   * Contexts of the process that never closed; the largest group first. `collected` of them are gone; the others have been idle
   * for `idleMs` and may still be running. On the JavaScript backend: of this thread, and those gone are `"unknown"`.
   */
  neverClosed: Array<LeakGroup & { collected: number }>;
  /** Reads of values that {@link releaseOnClose} had dropped. */
  lateReads: Array<{ label: string; count: number }>;
  /** Tracked contexts that fewer than three major garbage collections have examined. */
  unproven: number;
  /** Contexts that closed beyond the sampling budget of {@link trackLeaks}. */
  skipped: number;
  /** Milliseconds since {@link trackLeaks} was called; 0 if it is off. */
  sinceMs: number;
}

/** Options of {@link leaks}. */
export interface LeaksOptions {
  /**
   * Open contexts count as never closed if they have been idle, or have responded, for this long, in milliseconds.
   *
   * @default 60000
   * @throws `ERR_ONESCOPE_OPTION` unless a number from 0
   */
  idleMs?: number;
}

/**
 * Lists what requests leave behind. It only reads: `held`, `unproven` and `skipped` are empty unless {@link trackLeaks} was
 * called before, and a context counts as held after it closed and three major garbage collections have run since.
 * `neverClosed` needs no tracking; `lateReads` needs {@link releaseOnClose}.
 *
 * @throws `ERR_ONESCOPE_OPTION` for an invalid option
 * @example
 * ```js
 * import { leaks, runTask } from "onescope/inspect";
 *
 * runTask("watch folder", () => new Promise(() => {})); // never settles
 * console.log(leaks({ idleMs: 0 }).neverClosed[0].label); // watch folder
 * ```
 */
export function leaks(options?: LeaksOptions): LeakReport;

/**
 * Tracks the contexts of this thread that close from now on, for {@link leaks}: up to 1024 in a burst, 500 per second in the long
 * run, and 8192 at a time.
 *
 * @returns `stop()` ends it and forgets what was tracked, unless another handle is in use
 * @example
 * ```js
 * import { leaks, trackLeaks } from "onescope/inspect";
 *
 * const handle = trackLeaks();
 * console.log(leaks().tracking); // true
 * handle.stop();
 * ```
 */
export function trackLeaks(): Handle;
