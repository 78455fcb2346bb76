/**
 * What runs in this process: requests in flight, labels, latencies, stalls, leaks, recordings and the diagnostics server.
 * Nothing starts until you call it. Not available in Cloudflare Workers. The guide is [docs/inspect.md](../inspect.md).
 *
 * @packageDocumentation
 */

import type { ContextInfo, ContextKind, ContextState, Handle } from "../index.js";

/** A request or task in flight, as it was at the moment of the call. */
export interface InFlight extends ContextInfo {
  /** Keys of the native flags that are set, such as `"dynamicUsageDetected"`. */
  flags: string[];
  /**
   * What it waits for, as far as onescope knows: of the outgoing calls inside it the oldest that is not over, else its oldest
   * task; `null` if there is none.
   */
  waiting: Wait | null;
}

/** What a request or a task waits for. */
export interface Wait {
  /**
   * The label of a task, or verb and target of an outgoing call: `"POST api.example.com/v1/charges"`, `"tcp 10.0.0.7:5432"`,
   * `"redis GET cache.internal:6379"`, `"exec ffmpeg"`.
   */
  label: string;
  /** Milliseconds since it began, with a resolution of 10 ms. */
  ms: number;
}

/** Which requests and tasks {@link inFlight} lists. Omitted properties match everything. */
export interface InFlightFilter {
  /**
   * Maximum number of contexts to list; the oldest come first.
   *
   * @default no limit
   * @throws `ERR_ONESCOPE_ID` unless an integer from 0 to 2^53-1
   */
  limit?: number;
  /**
   * A substring of the label.
   *
   * @default any label
   * @throws `ERR_ONESCOPE_FILTER` unless a string
   */
  label?: string;
  /**
   * A substring of the label of what it waits for, such as a host.
   *
   * @default whether it waits or not
   * @throws `ERR_ONESCOPE_FILTER` unless a string
   */
  waiting?: string;
  /**
   * The state.
   *
   * @default any state that is not closed
   * @throws `ERR_ONESCOPE_FILTER` unless one of `ContextState`
   */
  state?: ContextState;
  /**
   * Id of a JavaScript thread.
   *
   * @default all threads
   * @throws `ERR_ONESCOPE_ID` unless an integer from 0 to 2^53-1
   */
  thread?: number;
}

/**
 * Lists the requests and tasks in flight, of all threads, oldest first. On the JavaScript backend: of this thread.
 *
 * @throws `ERR_ONESCOPE_OPTION` if the filter is not an object; `ERR_ONESCOPE_FILTER` for an unknown state, or a `label` or
 *   `waiting` that is not a string; `ERR_ONESCOPE_ID` if `limit` or `thread` is not an integer from 0
 * @example
 * ```js
 * import { inFlight, runTask } from "onescope/inspect";
 *
 * runTask("import users", () => {
 *   console.log(inFlight({ label: "import" }).length); // 1
 * });
 * ```
 */
export function inFlight(filter?: InFlightFilter): InFlight[];

/** Counts of contexts. `created` is always `closed + abandoned + inFlight`. */
export interface Counters {
  /** Requests and tasks since the process started. */
  created: number;
  /** Child contexts that vinext made from its request contexts since this module was loaded. */
  children: number;
  /** Closed. */
  closed: number;
  /** Collected without having been closed. */
  abandoned: number;
  /** Neither. */
  inFlight: number;
  /** Those in flight, by kind, without kinds that have none. */
  byKind: Partial<Record<ContextKind, number>>;
  /** Those in flight, by state, without states that have none. */
  byState: Partial<Record<ContextState, number>>;
  /** Pages in use, of up to 255 contexts each. */
  pages: number;
  /** JavaScript threads that use the store. */
  threads: number;
}

/**
 * Counts contexts, pages and threads of the process. On the JavaScript backend: of this thread.
 *
 * @example
 * ```js
 * import { counters, runTask } from "onescope/inspect";
 *
 * runTask("import users", () => {});
 * console.log(counters().closed); // 1
 * ```
 */
export function counters(): Counters;

/** How long closed contexts with one label took, in milliseconds. The resolution is 10 ms. */
export interface Latency {
  /**
   * The label. Requests that are labelled by their path count under `GET (no route)`, and so for each method; `other` has all
   * labels beyond the 200 with the most contexts.
   */
  label: string;
  /** Contexts that closed. */
  count: number;
  /** 50th percentile. */
  p50: number;
  /** 90th percentile. */
  p90: number;
  /** 99th percentile. */
  p99: number;
  /** Maximum. */
  max: number;
  /** Mean. */
  mean: number;
}

/**
 * Returns how long the closed contexts of the process took, by label, the label with the most contexts first. A request counts
 * until the end of its response. The sum of all counts is the number of contexts. No count decreases while its label is listed; a
 * label that was merged into `other` and is listed again restarts from zero. The JavaScript backend has none.
 *
 * @example
 * ```js
 * import { histograms, runTask } from "onescope/inspect";
 *
 * runTask("import users", () => {});
 * const [{ label, count }] = histograms();
 * console.log(label, count); // import users 1
 * ```
 */
export function histograms(): Latency[];

/** The slowest requests of one label, as {@link slow} returns them. */
export interface Slow {
  /** The label; of requests without a route, the method and `(no route)`. */
  label: string;
  /** At most 5, the slowest first. */
  requests: SlowRequest[];
}

/** A request or task that is over. */
export interface SlowRequest {
  id: number;
  /** Its own label, which has the path where there was no route. */
  label: string;
  kind: ContextKind;
  /** Id of its JavaScript thread. */
  thread: number;
  /** How long it took until the end of its response, in ms, with a resolution of 10 ms. */
  ms: number;
  /** How long ago that was, in ms. */
  agoMs: number;
  /** What it waited for, in the order in which that began; at most 32. */
  waits: SlowWait[];
}

/** What a slow request waited for. */
export interface SlowWait {
  /** As in {@link Wait}. */
  label: string;
  /** When it began, in ms after the request. */
  afterMs: number;
  /** How long it took, in ms; so far, if it is not over. */
  ms: number;
  /** `"closed"` if it is over. */
  state: ContextState;
}

/**
 * Returns the slowest requests and tasks of the last 10 minutes, by label, with what they waited for; the label with the slowest one
 * first. They are found when they are over, in their records, so a request pays nothing for it. At most 200 labels; one with slower
 * requests takes the place of another. The JavaScript backend has none.
 *
 * @example
 * ```js
 * import { setTimeout } from "node:timers/promises";
 * import { runTask, slow } from "onescope/inspect";
 *
 * await runTask("import users", () => setTimeout(50));
 * const [{ label, requests }] = slow();
 * console.log(label, requests.length); // import users 1
 * ```
 */
export function slow(): Slow[];

/** Options of `trackRequests()`. */
export interface TrackOptions {
  /**
   * Whether the label of a request without a route has its path. Clients choose paths, and some hold secrets, such as the token
   * of a download link. With `"hide"` that label is `GET (no route)`, in every list, report, recording and metric. Paths are hidden
   * while any handle of the thread asks for it.
   *
   * @default "show"
   * @throws `ERR_ONESCOPE_OPTION` unless `"show"` or `"hide"`
   */
  labelPaths?: "show" | "hide";
}

/**
 * Makes each further HTTP request of this thread's servers a context, from its headers until its response is over, with any
 * framework. Its label is method and route for Express, Fastify, Koa, Hono, NestJS, Next.js and vinext; without a route it is
 * method and path. Then the request is `responded`, and closes by the next turn of the event loop. Call it in each thread that
 * serves.
 *
 * @returns `stop()` ends it for later requests, unless another handle is in use
 * @throws `ERR_ONESCOPE_OPTION` if the options are not an object, or one is invalid
 * @example
 * ```js
 * import { createServer } from "node:http";
 * import { inFlight, trackRequests } from "onescope/inspect";
 *
 * trackRequests();
 * const server = createServer((_request, response) => response.end(inFlight()[0].label)).listen(0);
 * const response = await fetch(`http://127.0.0.1:${server.address().port}/report`);
 * console.log(await response.text()); // GET /report
 * server.close();
 * ```
 */
export function trackRequests(options?: TrackOptions): Handle;

/**
 * Sets the label of the current context: the innermost request or task. The route no longer changes it. A listener of the
 * response's `"finish"` event, when a router knows the route, is early enough: the latency counts under that label.
 *
 * @param text cut to 64 bytes of UTF-8; control characters and characters that reorder or hide text become `?`
 * @throws `ERR_ONESCOPE_NO_CONTEXT` outside a request and {@link runTask}; `ERR_ONESCOPE_SLOT_KIND` if `text` is not a string
 * @example
 * ```js
 * import { inFlight, label, runTask } from "onescope/inspect";
 *
 * runTask("job", () => {
 *   label("job 42");
 *   console.log(inFlight()[0].label); // job 42
 * });
 * ```
 */
export function label(text: string): void;

/**
 * Runs a task that is not an HTTP request, such as a job or a message of a queue, in a context of its own. The context closes
 * when the result settles. If a request or another task is running, it is the parent.
 *
 * @param label cut to 64 bytes of UTF-8; control characters and characters that reorder or hide text become `?`
 * @param fn the task; it may be async
 * @returns what `fn` returns; for a thenable, a promise of the same result
 * @throws `ERR_ONESCOPE_SLOT_KIND` if `label` is not a string; `ERR_ONESCOPE_OPTION` if `fn` is not a function
 * @example
 * ```js
 * import { runTask } from "onescope/inspect";
 *
 * console.log(await runTask("import users", async () => 3)); // 3
 * ```
 */
export function runTask<R>(label: string, fn: () => R): R;

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

/** Options of {@link record}. An unknown option throws `ERR_ONESCOPE_OPTION`. */
export interface RecordOptions {
  /**
   * Directory in which the recording makes its file, `<start>-<pid>.flight`. Made if it does not exist.
   *
   * @default ".onescope/flights"
   * @throws `ERR_ONESCOPE_OPTION` unless a non-empty string without NUL
   */
  directory?: string;
  /**
   * Number of ended recordings to keep in the directory beside the new one; older ones are removed.
   *
   * @default 3
   * @throws `ERR_ONESCOPE_OPTION` unless an integer from 1 to 1000
   */
  keep?: number;
  /**
   * Size of the file in bytes, all allocated at once. The default has room for 120,000 contexts.
   *
   * @default 16777216
   * @throws `ERR_ONESCOPE_OPTION` unless an integer from 131264 to 1073741824
   */
  maxBytes?: number;
  /**
   * Whether to throw, instead of emitting a process warning, if this call does not start a recording.
   *
   * @default false
   * @throws `ERR_ONESCOPE_OPTION` unless a boolean
   */
  strict?: boolean;
}

/** A running recording. */
export interface Recording extends Handle {
  /** Absolute path of the file; `null` if this call did not start a recording. */
  readonly path: string | null;
  /**
   * Pages of 255 contexts: how many the file has room for (`capacity`), how many are in use (`pages`), and how many pages of
   * the process are not in the file because it was full or they are older (`unrecorded`). All are 0 after `stop()`.
   */
  usage(): { capacity: number; pages: number; unrecorded: number };
  /** Ends the recording and marks the file as ended. Contexts that are in the file keep writing their records to it. */
  stop(): void;
}

/**
 * Keeps the store of the process, with all its threads, in a file that `npx onescope last-flight` reads, also after the process
 * was killed or crashed. Call it in the main thread, before the first request.
 *
 * In a worker, if a recording is already running, or if the system or `--permission` refuses memory, a thread or the file, one
 * process warning (`OnescopeWarning`) says so and the handle does nothing. On the JavaScript backend it does nothing either, and
 * one line on stderr names the cause. With `strict` this throws instead.
 *
 * @throws `ERR_ONESCOPE_OPTION` for an invalid or unknown option. With `strict` also `ERR_ONESCOPE_BACKEND` on the JavaScript
 *   backend; `ERR_ONESCOPE_PERMISSION` if `--permission` denies `fs.write` to the directory; `ERR_ONESCOPE_RECORD_WORKER` in a
 *   worker; `ERR_ONESCOPE_RECORDING` if a recording is already running; `ERR_ONESCOPE_RECORD_FILE` if the file cannot be made;
 *   `ERR_ONESCOPE_RECORDER`, `ERR_ONESCOPE_CLOCK` or `ERR_ONESCOPE_PAGE_MEMORY` if the system refuses a thread or memory
 * @example
 * ```js
 * import { mkdtempSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { record } from "onescope/inspect";
 *
 * const directory = mkdtempSync(join(tmpdir(), "flights-"));
 * const recording = record({ directory, maxBytes: 2 ** 20 });
 * console.log(recording.path.endsWith(`-${process.pid}.flight`)); // true
 * recording.stop();
 * ```
 */
export function record(options?: RecordOptions): Recording;

/** Options of {@link serve}. */
export interface ServeOptions {
  /**
   * TCP port to listen on; 0 takes any free port.
   *
   * @default 9464
   * @throws `ERR_ONESCOPE_OPTION` unless an integer from 0 to 65535
   */
  port?: number;
  /**
   * IP address to listen on, or `localhost`. An address that is not loopback requires a token.
   *
   * @default "127.0.0.1"
   * @throws `ERR_ONESCOPE_OPTION` unless `localhost` or an IP address without a zone; `ERR_ONESCOPE_TOKEN` if it is not loopback
   *   and there is no token
   */
  host?: string;
  /**
   * What clients must send, as `Authorization: Bearer TOKEN` or as the password of HTTP Basic.
   *
   * @default none
   * @throws `ERR_ONESCOPE_OPTION` unless 16 to 512 printable ASCII characters without spaces
   */
  token?: string;
  /**
   * `/livez` fails while a thread has been blocked for longer than this, in milliseconds.
   *
   * @default 10000
   * @throws `ERR_ONESCOPE_OPTION` unless an integer from 100 to 2^31-1
   */
  maxBlockedMs?: number;
  /**
   * Whether to throw, instead of emitting a process warning, if the server cannot start exactly as requested.
   *
   * @default false
   * @throws `ERR_ONESCOPE_OPTION` unless a boolean
   */
  strict?: boolean;
}

/** The diagnostics server of the process. */
export interface DiagnosticsServer extends Handle {
  /** URL of the page; `null` if the server could not start. */
  url: string | null;
  /** The port, which can differ from the option; `null` if the server could not start. */
  port: number | null;
  /** Ends the server and its connections, asynchronously. Does nothing if another call of `serve()` started it. */
  stop(): void;
}

/**
 * Starts the diagnostics server of the process: a page, JSON, metrics for Prometheus, `/livez` and `/readyz`. It runs on its own
 * thread and responds while every JavaScript thread is blocked. It keeps no process alive, and ends with the thread that
 * started it.
 *
 * If the port is in use or not permitted, the server takes another one. If the process already has a server, the result is that
 * server's. If the system refuses the address, memory or a thread, or `--permission` the network, the server does not start. One
 * process warning (`OnescopeWarning`) says so. On the JavaScript backend there is no server, and one line on stderr names the
 * cause. With `strict` this throws instead.
 *
 * @throws `ERR_ONESCOPE_OPTION` for an invalid option; `ERR_ONESCOPE_TOKEN` if the host is not loopback and there is no token.
 *   With `strict` also `ERR_ONESCOPE_BACKEND` on the JavaScript backend; `ERR_ONESCOPE_PERMISSION` if `--permission` denies the
 *   network; `ERR_ONESCOPE_SERVING` if the process already has a server; `ERR_ONESCOPE_LISTEN` if it cannot listen;
 *   `ERR_ONESCOPE_CLOCK` or `ERR_ONESCOPE_PAGE_MEMORY` if the system refuses a thread or memory
 * @example
 * ```js
 * import { serve } from "onescope/inspect";
 *
 * const diagnostics = serve({ port: 0 });
 * const response = await fetch(new URL("/livez", diagnostics.url));
 * console.log(response.status); // 200
 * diagnostics.stop();
 * ```
 */
export function serve(options?: ServeOptions): DiagnosticsServer;

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

/**
 * Makes the requests of this thread drop their JavaScript values after they close, so that a context that is still held retains
 * little memory. Later reads return the defaults and are counted in `lateReads` of {@link leaks}. The values are dropped in the
 * turn after the request closed, and not before work that it passed to `waitUntil` has settled. The state of `after()`, the
 * execution context and native values stay.
 *
 * @returns `stop()` ends it for requests that close later, unless another handle is in use
 * @example
 * ```js
 * import { leaks, releaseOnClose } from "onescope/inspect";
 *
 * releaseOnClose();
 * console.log(leaks().lateReads); // []
 * ```
 */
export function releaseOnClose(): Handle;
