// What `onescope/inspect` exports of this folder.

import type { ContextInfo, ContextKind, ContextState, Handle } from "../../index.js";

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
