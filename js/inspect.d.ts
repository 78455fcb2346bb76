/**
 * What runs in this process: requests in flight, labels, latencies, stalls, leaks, recordings and the diagnostics server.
 * Nothing here starts before you call it. Cloudflare Workers do not have it. [docs/inspect.md](../inspect.md) is the guide.
 *
 * @packageDocumentation
 */

import type { ContextInfo, ContextKind, ContextState, Handle } from "../index.js";

/** A request or other work in flight, as it was at the moment of the call. */
export interface InFlight extends ContextInfo {
  /** Keys of the native flags that are set, such as `"dynamicUsageDetected"`. */
  flags: string[];
}

/** Which of what is in flight to list. Omitted properties match everything. */
export interface InFlightFilter {
  /** At most so many, the oldest. */
  limit?: number;
  /** A part of the label. */
  label?: string;
  state?: ContextState;
  /** Number of a JavaScript thread. */
  thread?: number;
}

/**
 * The requests and other work of all threads that are in flight, oldest first (js backend: of this thread).
 *
 * @throws `ERR_ONESCOPE_OPTION` for a filter that is not an object, `ERR_ONESCOPE_FILTER` for a state that there is not,
 *   `ERR_ONESCOPE_ID` for what is no whole number
 */
export function inFlight(filter?: InFlightFilter): InFlight[];

/** How many contexts there are and were. `created` is always `closed + abandoned + inFlight`. */
export interface Counters {
  /** Requests and other work since the process started. */
  created: number;
  /** Forks that vinext made of its request contexts. */
  forked: number;
  closed: number;
  /** Collected without having been closed. */
  abandoned: number;
  inFlight: number;
  /** What is in flight, by kind; kinds of which there is none are left out. */
  byKind: Partial<Record<ContextKind, number>>;
  /** What is in flight, by state; states in which there is none are left out. */
  byState: Partial<Record<ContextState, number>>;
  /** Pages of 255 contexts that JavaScript still reaches. */
  pages: number;
  /** JavaScript threads that use the store. */
  threads: number;
}

/** Counts contexts, pages and threads of the process (js backend: of this thread). */
export function counters(): Counters;

/** How long closed contexts with one label took, in ms: a request to the end of its response. The clock is read to 10 ms. */
export interface Latency {
  /**
   * The label; `GET (no route)`, and so for each method, for requests that are labelled by their path; `other` sums up all
   * labels beyond the 200 with the most contexts.
   */
  label: string;
  /** Contexts that closed. */
  count: number;
  /** Half took at most this. */
  p50: number;
  p90: number;
  p99: number;
  max: number;
  mean: number;
}

/**
 * How long the closed contexts of the process took, by label, the label with the most contexts first. The sum of all counts is
 * the number of contexts. A count does not go down while its label is listed; a label that `other` took in and that is listed
 * again starts from zero.
 *
 * @throws `ERR_ONESCOPE_BACKEND` on the JavaScript backend, which keeps no latencies
 */
export function histograms(): Latency[];

/**
 * Makes every HTTP request that this thread's servers get from now on a context, from its headers until its response is
 * over, with vinext, Express, Fastify and plain `node:http` alike. Then it is `responded`, and closes in the next turn of
 * the event loop. Call it in each thread that serves.
 *
 * @returns `stop()` ends it for requests to come, unless another handle is in use
 */
export function trackRequests(): Handle;

/**
 * Names the context that runs here. Its route does not change the name any more. A request can be named as its response
 * finishes, when a router knows the route: in a listener of `"finish"`, its latency counts under that name.
 *
 * @param text cut to 64 bytes of UTF-8; control characters and characters that turn or hide text become `?`
 * @throws `ERR_ONESCOPE_NO_CONTEXT` outside a request and outside {@link runTask}, `ERR_ONESCOPE_SLOT_KIND` for no string
 */
export function label(text: string): void;

/**
 * Runs a task that is not an HTTP request, such as a job or a message of a queue, in a context of its own, which closes when
 * the result settles. Inside a request or another task, that one is its parent.
 *
 * @param label cut to 64 bytes of UTF-8; control characters and characters that turn or hide text become `?`
 * @returns what `fn` returns; for a thenable, a promise of the same result
 * @throws `ERR_ONESCOPE_SLOT_KIND` if `label` is not a string, `ERR_ONESCOPE_OPTION` if `fn` is not a function
 */
export function runTask<R>(label: string, fn: () => R): R;

/** The request that a report names. */
export interface ReportedRequest {
  /** its id, as `store.id()` gives it */
  id: number;
  label: string;
  /** when it was reported; `responded` or `closed` if the code that blocks the thread runs after the response */
  state: ContextState;
  ageMs: number;
}

/** Reported while a thread is blocked. */
export interface StallReport {
  onescope: "stall";
  /** id of the thread, 0 for the first that was attached, which is the main thread as a rule */
  thread: number;
  /** milliseconds since the thread's event loop turned last */
  blockedMs: number;
  /**
   * `exact`: the thread itself said so, while it was blocked. `in-call`: it is in the blocking call `call`, which began in
   * that request. `last-seen`: it entered that request last, and may be in another by now.
   */
  confidence: "exact" | "in-call" | "last-seen";
  /** `null`: none, or with `last-seen` none that is still in flight */
  request: ReportedRequest | null;
  /** such as `fs.readFileSync`, if the thread is in one of Node's blocking calls */
  call: string | null;
  /** functions, innermost first; empty if unknown */
  stack: string[];
  /** other requests of that thread that have not responded */
  waiting: number;
  /** stalls that `maxPerMinute` suppressed since the last report, if any */
  suppressed?: number;
  /** the inspector port, if one is open; nothing is reported while a debugger is connected to it */
  inspectorPort?: number;
}

/** Reported once after a stall: the thread goes on, or it ended while it was blocked. */
export interface StallEndReport {
  onescope: "recovered" | "ended";
  thread: number;
  blockedMs: number;
  /** what the last line of the stall named */
  request: ReportedRequest | null;
}

export interface WatchOptions {
  /** milliseconds for which a thread must be blocked to be reported, at least 100; default 1000 */
  thresholdMs?: number;
  /** whether to probe blocked threads for their request and stack; default true */
  stacks?: boolean;
  /** gets each report as soon as JavaScript can run; what it throws becomes a process warning */
  onStall?: (report: StallReport | StallEndReport) => unknown;
  /** stalls reported in any minute; the next line says how many were suppressed; default 60 */
  maxPerMinute?: number;
  /** throw where this call starts no watch; default false */
  strict?: boolean;
}

/** A watch that is on. */
export interface Watch extends Handle {
  /** Reports nothing until `resume()`, for work that is meant to block. */
  pause(): void;
  /** Reports again; the time that threads were blocked for starts at 0. */
  resume(): void;
  /** Ends the watch in all threads. Does nothing if this call did not start it. */
  stop(): void;
}

/**
 * Watches all JavaScript threads of the process from outside: while one is blocked, a line on stderr names its request.
 *
 * There is one watch in a process. Where one is on already, in whichever thread, and where the system refuses memory or a
 * thread, a process warning (`OnescopeWarning`) says so once, and the handle does nothing, unless `strict` is set.
 *
 * @throws `ERR_ONESCOPE_OPTION`; `ERR_ONESCOPE_BACKEND` on the JavaScript backend. With `strict` also `ERR_ONESCOPE_WATCHED`
 *   while another watch is on; `ERR_ONESCOPE_WATCHDOG`, `ERR_ONESCOPE_CLOCK` or `ERR_ONESCOPE_PAGE_MEMORY` if the system
 *   refuses a thread or memory
 */
export function watch(options?: WatchOptions): Watch;

export interface RecordOptions {
  /** where the recording makes its file, `<start>-<pid>.flight`; made if it is missing, default `.onescope/flights` */
  directory?: string;
  /** ended recordings that stay in the directory beside the new one; older ones are removed; from 1 to 1000, default 3 */
  keep?: number;
  /** most bytes of a recording, which are taken from the disk at once; default 16 MiB, room for 120 000 contexts */
  maxBytes?: number;
  /** throw where this call starts no recording, instead of warning of it; default false */
  strict?: boolean;
}

/** A recording that is on. */
export interface Recording extends Handle {
  /** the file, as an absolute path; `null` if this call started no recording */
  readonly path: string | null;
  /**
   * Pages of 255 contexts: how many there is room for, how many are in use, and how many of the process are not in the
   * file, because it was full or they were there before; all 0 once it is stopped.
   */
  usage(): { capacity: number; pages: number; unrecorded: number };
  /** Ends the recording. The file says so, and stays; contexts that lie in it go on writing their records. */
  stop(): void;
}

/**
 * Keeps the store of the process, all its threads, in a file that `npx onescope last-flight` reads, also after the process
 * was killed or crashed. Call it in the main thread, before the first request.
 *
 * In a worker, where the process records already, and where the system refuses memory, a thread or the file, a process
 * warning (`OnescopeWarning`) says so once, and the handle does nothing, unless `strict` is set.
 *
 * @throws `ERR_ONESCOPE_OPTION`; `ERR_ONESCOPE_BACKEND` on the JavaScript backend; `ERR_ONESCOPE_PERMISSION` if `--permission`
 *   denies `fs.write` to the directory. With `strict` also `ERR_ONESCOPE_RECORD_FILE` if the file cannot be made;
 *   `ERR_ONESCOPE_RECORD_WORKER` in a worker; `ERR_ONESCOPE_RECORDING` while another recording is on;
 *   `ERR_ONESCOPE_RECORDER`, `ERR_ONESCOPE_CLOCK` or `ERR_ONESCOPE_PAGE_MEMORY` if the system refuses a thread or memory
 */
export function record(options?: RecordOptions): Recording;

export interface ServeOptions {
  /** default 9464; 0 takes any free port */
  port?: number;
  /** an IP address or `localhost`; default `127.0.0.1`. An address that is not loopback requires a token */
  host?: string;
  /**
   * what clients must send, as `Authorization: Bearer TOKEN` or as the password of HTTP Basic: 16 to 512 printable ASCII
   * characters without spaces
   */
  token?: string;
  /** `/livez` fails while a thread has been blocked for longer, in ms, at least 100; default 10 000 */
  maxBlockedMs?: number;
  /** throw if the server cannot start exactly as requested; default false */
  strict?: boolean;
}

/** The diagnostics server of the process. */
export interface DiagnosticsServer extends Handle {
  /** URL of the page; `null` if the server could not start */
  url: string | null;
  /** the port, which can differ from the option; `null` if the server could not start */
  port: number | null;
  /**
   * Ends the server and the connections that it has, a moment later. Does nothing if another call of `serve()` started it.
   */
  stop(): void;
}

/**
 * Starts the diagnostics server of the process. It runs on its own thread and responds also while every JavaScript thread is
 * blocked: a page, JSON, metrics for Prometheus, `/livez` and `/readyz`. It keeps no process alive, and ends with the thread
 * that started it.
 *
 * If the port is in use or not permitted, the server takes another one. If the process already has a server, the result is that
 * server's. If the system refuses the address, memory or a thread, the server does not start. One process warning
 * (`OnescopeWarning`) says so, and nothing is thrown, unless `strict` is set.
 *
 * @throws `ERR_ONESCOPE_OPTION`; `ERR_ONESCOPE_TOKEN` for an address that is not loopback, without a token;
 *   `ERR_ONESCOPE_BACKEND` on the JavaScript backend; `ERR_ONESCOPE_PERMISSION` where Node's permission model denies the
 *   network. With `strict` also `ERR_ONESCOPE_SERVING` while another server of the process is on; `ERR_ONESCOPE_LISTEN`
 *   where it cannot listen; `ERR_ONESCOPE_CLOCK` and `ERR_ONESCOPE_PAGE_MEMORY` if the system refuses a thread or memory
 */
export function serve(options?: ServeOptions): DiagnosticsServer;

/** Contexts that have the same label, or the same kind where they have none. */
export interface LeakGroup {
  label: string;
  count: number;
  /** ms since the first of them closed; for those that nobody closed, since it was made */
  oldestMs: number;
}

/** What requests leave behind. */
export interface LeakReport {
  /** whether {@link trackLeaks} is on in this thread */
  tracking: boolean;
  /** contexts of this thread that closed and are still held, by a timer, a socket or a cache: the most first */
  held: LeakGroup[];
  /**
   * contexts of the process that nobody closed, the most first; `collected` of them are gone, the others have been idle for
   * long and may still be at work. On the JavaScript backend: of this thread, and those gone are `"unknown"`
   */
  neverClosed: Array<LeakGroup & { collected: number }>;
  /** reads of values that {@link releaseOnClose} had dropped */
  lateReads: Array<{ label: string; count: number }>;
  /** tracked contexts of which major garbage collections have not proved yet that they are held */
  unproven: number;
  /** contexts that closed beyond the sampling budget of {@link trackLeaks} */
  skipped: number;
  /** ms since {@link trackLeaks}; 0 if it is off */
  sinceMs: number;
}

/**
 * Lists what requests leave behind. It reads only: `held`, `unproven` and `skipped` are empty unless {@link trackLeaks} was
 * called before, and a context counts as held if it closed after that and three major garbage collections have run since.
 * `neverClosed` needs no tracking; `lateReads` needs {@link releaseOnClose}.
 *
 * @param options `idleMs`: open contexts count as never closed if they were not entered, or have responded, for so many
 *   milliseconds; default 60 000
 * @throws `ERR_ONESCOPE_OPTION` if the options are not an object, or `idleMs` is not a number from 0
 */
export function leaks(options?: { idleMs?: number }): LeakReport;

/**
 * Tracks the contexts of this thread that close from now on, for {@link leaks}: up to 1024 in a burst and 500 a second in the
 * long run, and no more than 8192 at once.
 *
 * @returns `stop()` ends it and forgets what was tracked, unless another handle is in use
 */
export function trackLeaks(): Handle;

/**
 * Makes the requests of this thread drop their JavaScript values once they are closed, so that a context that is still held
 * retains little. Later reads give the defaults and are counted in `lateReads` of {@link leaks}. It happens in the turn after the
 * request closed, and not before the work that it gave to `waitUntil` has settled. The state of `after()`, the execution
 * context and native values are kept.
 *
 * @returns `stop()` ends it for requests that close later, unless another handle is in use
 */
export function releaseOnClose(): Handle;
