// What `onescope/inspect` exports of this folder.

import type { ContextState, Handle } from "../../index.js";

/** The request that a report names. */
export interface ReportedRequest {
  /** Its id, as `store.id()` returns it. */
  id: number;
  /** Its label. */
  label: string;
  /** Its state when it was reported; `responded` or `closed` if the code that blocks the thread runs after the response. */
  state: ContextState;
  /** Milliseconds since it started. */
  ageMs: number;
}

/** Reported while a thread is blocked. */
export interface StallReport {
  onescope: "stall";
  /** Id of the thread, in the order in which threads began to use onescope: 0 is usually the main thread. */
  thread: number;
  /** Milliseconds since the thread's event loop last turned. */
  blockedMs: number;
  /**
   * `exact`: probes of the blocked thread found this request. `in-call`: the thread is in the blocking call `call`, which
   * started in this request. `last-seen`: the thread entered this request last, and may be in another one by now.
   */
  confidence: "exact" | "in-call" | "last-seen";
  /** `null` if none is known. */
  request: ReportedRequest | null;
  /** The blocking call that the thread is in, such as `fs.readFileSync`; `null` if none is known. */
  call: string | null;
  /** Functions, innermost first; empty if unknown. */
  stack: string[];
  /** Number of other requests of this thread that have not responded. */
  waiting: number;
  /** Number of stalls that `maxPerMinute` suppressed since the last report; omitted if there are none. */
  suppressed?: number;
  /** The inspector port, while one is open. Nothing is reported while a debugger is connected to it. */
  inspectorPort?: number;
}

/** Reported once after a stall: the thread recovered, or ended while it was blocked. */
export interface StallEndReport {
  onescope: "recovered" | "ended";
  /** Id of the thread. */
  thread: number;
  /** Milliseconds for which it was blocked. */
  blockedMs: number;
  /** The request of the stall's last report. */
  request: ReportedRequest | null;
}

/** Options of {@link watch}. */
export interface WatchOptions {
  /**
   * How long a thread must be blocked to be reported, in milliseconds.
   *
   * @default 1000
   * @throws `ERR_ONESCOPE_OPTION` unless an integer from 100 to 2^31-1
   */
  thresholdMs?: number;
  /**
   * Whether to probe blocked threads for their request and stack, which needs a helper thread.
   *
   * @default true
   * @throws `ERR_ONESCOPE_OPTION` unless a boolean
   */
  stacks?: boolean;
  /**
   * Called with each report as soon as JavaScript can run. An error that it throws becomes a process warning.
   *
   * @default none
   * @throws `ERR_ONESCOPE_OPTION` unless a function
   */
  onStall?: (report: StallReport | StallEndReport) => unknown;
  /**
   * Maximum number of stalls to report per minute. The next report has the number of those suppressed.
   *
   * @default 60
   * @throws `ERR_ONESCOPE_OPTION` unless an integer from 1 to 2^31-1
   */
  maxPerMinute?: number;
  /**
   * Whether to throw, instead of emitting a process warning, if this call does not start a watch.
   *
   * @default false
   * @throws `ERR_ONESCOPE_OPTION` unless a boolean
   */
  strict?: boolean;
}

/** A running watch. */
export interface Watch extends Handle {
  /** Stops reporting until `resume()`, for work that is meant to block. */
  pause(): void;
  /** Reports again. Blocked times restart at 0. */
  resume(): void;
  /** Ends the watch in all threads. Does nothing if another call started it. */
  stop(): void;
}

/**
 * Watches all JavaScript threads of the process. While one is blocked, a line on stderr names its request.
 *
 * A process has one watch. If one is already running in any thread, or the system refuses memory or a thread, one process
 * warning (`OnescopeWarning`) says so and the handle does nothing. On the JavaScript backend it does nothing either, and one line
 * on stderr names the cause. With `strict` this throws instead.
 *
 * @throws `ERR_ONESCOPE_OPTION` for an invalid option. With `strict` also `ERR_ONESCOPE_BACKEND` on the JavaScript backend;
 *   `ERR_ONESCOPE_WATCHED` if a watch is already running; `ERR_ONESCOPE_WATCHDOG`, `ERR_ONESCOPE_CLOCK` or
 *   `ERR_ONESCOPE_PAGE_MEMORY` if the system refuses a thread or memory
 * @example
 * ```js
 * import { setTimeout as sleep } from "node:timers/promises";
 * import { runTask, watch } from "onescope/inspect";
 *
 * const reports = [];
 * const watching = watch({ thresholdMs: 100, onStall: (report) => reports.push(report) });
 * await sleep(200); // threads are watched once their event loop turns
 * runTask("resize", () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500));
 * await sleep(500); // reports are delivered when JavaScript runs again
 * console.log(reports[0].request.label, reports[0].call); // resize Atomics.wait
 * watching.stop();
 * ```
 */
export function watch(options?: WatchOptions): Watch;
