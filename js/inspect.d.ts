/** The request that a report names. */
export interface ReportedRequest {
  /** its handle, as `store.handle()` gives it */
  seq: number;
  label: string;
  ageMs: number;
}

/** Told while a thread is stuck. */
export interface StallReport {
  onescope: "stall";
  /** id of the thread, 0 for the first that was attached, which is the main thread as a rule */
  thread: number;
  /** milliseconds since the thread's event loop turned last */
  blockedMs: number;
  /**
   * `exact`: the thread itself said so, while it was stuck. `stamped`: it is in the blocking call `call`, which began in
   * that request. `last-seen`: it entered that request last, and may be in another by now.
   */
  confidence: "exact" | "stamped" | "last-seen";
  /** `null`: none, or with `last-seen` none that is still in flight */
  request: ReportedRequest | null;
  /** such as `fs.readFileSync`, if the thread is in one of Node's blocking calls */
  call: string | null;
  /** functions, innermost first; empty if unknown */
  stack: string[];
  /** other requests of that thread that are in flight */
  waiting: number;
  /** stalls that `maxPerMinute` kept back since the last one told, if any */
  suppressed?: number;
}

/** Told once after a stall: the thread goes on, or it ended while it was stuck. */
export interface StallEndReport {
  onescope: "recovered" | "ended";
  thread: number;
  blockedMs: number;
  /** what the last line of the stall named */
  request: ReportedRequest | null;
}

export interface WatchOptions {
  /** milliseconds for which a thread must be stuck to be told, at least 100; default 1000 */
  thresholdMs?: number;
  /** whether to ask stuck threads for their request and stack; default true */
  stacks?: boolean;
  /** gets each report as soon as JavaScript can run; what it throws becomes a process warning */
  onStall?: (report: StallReport | StallEndReport) => unknown;
  /** stalls told in any minute; the next line says how many were kept back; default 60 */
  maxPerMinute?: number;
}

/** A watch that is on. */
export interface Watch extends Disposable {
  /** Looks away, for as long as a stall is intended. */
  pause(): void;
  /** Looks again; all threads count anew. */
  resume(): void;
  /** Ends the watch in all threads, for good. */
  stop(): void;
}

/**
 * Watches all JavaScript threads of the process from outside: while one is stuck, a line on stderr names its request.
 *
 * @throws `ERR_ONESCOPE_OPTION`; `ERR_ONESCOPE_WATCHED` while another watch is on; `ERR_ONESCOPE_BACKEND` on the JavaScript
 *   backend
 */
export function watch(options?: WatchOptions): Watch;
