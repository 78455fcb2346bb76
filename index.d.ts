/**
 * Slots instead of AsyncLocalStorages, registered slots of a request, and the store that other threads can read.
 *
 * @packageDocumentation
 */

import type { AsyncLocalStorage } from "node:async_hooks";

/** The backend that holds the store: `"native"` (Rust) or `"js"`. {@link store}`.reasons` says why it is not native. */
export const backend: "native" | "js";

/** The codes of {@link OnescopeError}. They are stable. */
export type OnescopeErrorCode =
  /** `ONESCOPE_BACKEND=native` or `strict` requires the native backend, which is not in use. The message lists the causes. */
  | "ERR_ONESCOPE_BACKEND"
  /** The key is already registered with another spec. The message has both. */
  | "ERR_ONESCOPE_SLOT_CONFLICT"
  /** No slot has this id. */
  | "ERR_ONESCOPE_SLOT_UNKNOWN"
  /** A slot's spec is invalid. The message says why. */
  | "ERR_ONESCOPE_SLOT_SPEC"
  /** The slot's kind cannot hold this value, the slot is not native, or a label is not a string. */
  | "ERR_ONESCOPE_SLOT_KIND"
  /** All native fields of a context's record are taken by flags, enums or counters. */
  | "ERR_ONESCOPE_FIELDS_FULL"
  /** No context has this id: it was collected, or never existed. */
  | "ERR_ONESCOPE_STALE_ID"
  /** Not an id or limit: these are integers from 0 to 2^53-1. */
  | "ERR_ONESCOPE_ID"
  /** A filter is invalid, such as an unknown state. */
  | "ERR_ONESCOPE_FILTER"
  /** There is no current request or task. */
  | "ERR_ONESCOPE_NO_CONTEXT"
  /** Allocating memory for a page or a thread block failed. */
  | "ERR_ONESCOPE_PAGE_MEMORY"
  /** Starting the clock thread failed. */
  | "ERR_ONESCOPE_CLOCK"
  /** An option is invalid. The message says what it must be. */
  | "ERR_ONESCOPE_OPTION"
  /** Node's permission model denies what the call needs. The message has the flag that grants it. */
  | "ERR_ONESCOPE_PERMISSION"
  /** `serve()` on an address that is not loopback requires a token. */
  | "ERR_ONESCOPE_TOKEN"
  /** `serve()` is already running in this process. */
  | "ERR_ONESCOPE_SERVING"
  /** The diagnostics server cannot listen on this address and port. */
  | "ERR_ONESCOPE_LISTEN"
  /** `watch()` is already running in this process. */
  | "ERR_ONESCOPE_WATCHED"
  /** Starting the watchdog thread failed. */
  | "ERR_ONESCOPE_WATCHDOG"
  /** `record()` is already running in this process. */
  | "ERR_ONESCOPE_RECORDING"
  /** `record()` was called in a worker. */
  | "ERR_ONESCOPE_RECORD_WORKER"
  /** Creating a flight recording in this directory failed. */
  | "ERR_ONESCOPE_RECORD_FILE"
  /** Starting the recorder thread failed. */
  | "ERR_ONESCOPE_RECORDER"
  /** The file cannot be read, or the directory has no flight recording. */
  | "ERR_ONESCOPE_FLIGHT_UNREADABLE"
  /** The file is not a flight recording. */
  | "ERR_ONESCOPE_FLIGHT_FOREIGN"
  /** A part of the flight recording is missing. */
  | "ERR_ONESCOPE_FLIGHT_TRUNCATED"
  /** The header of the flight recording is damaged. */
  | "ERR_ONESCOPE_FLIGHT_TORN"
  /** The flight recording was written by an incompatible version of onescope, or on a machine of another byte order. */
  | "ERR_ONESCOPE_FLIGHT_VERSION"
  /** `onescope last-flight` finds recordings in several directories. The message lists them. */
  | "ERR_ONESCOPE_FLIGHT_AMBIGUOUS"
  /** The package `@opentelemetry/api` is not installed, or does not load. */
  | "ERR_ONESCOPE_OPENTELEMETRY"
  /** `instrument()` is already running in this thread. */
  | "ERR_ONESCOPE_INSTRUMENTED"
  /** A bundle for browsers imports onescope, or one for the edge runtime an entry that needs Node. */
  | "ERR_ONESCOPE_SERVER_ONLY"
  /** `onescope init` cannot use a file of the project. The message says which, and why. */
  | "ERR_ONESCOPE_PROJECT";

/**
 * The class of all errors of onescope, from both backends. The message has the cause and what to do about it.
 *
 * @example
 * ```js
 * import { OnescopeError, store } from "onescope";
 *
 * try {
 *   store.label(999);
 * } catch (error) {
 *   console.log(error instanceof OnescopeError, error.code); // true ERR_ONESCOPE_STALE_ID
 * }
 * ```
 */
export class OnescopeError extends Error {
  constructor(code: string, message: string, options?: ErrorOptions);
  /** One of {@link OnescopeErrorCode}. */
  code: string;
}

/**
 * What every starter returns: `trackRequests`, `trackLeaks`, `releaseOnClose`, `watch`, `record` and `serve` of
 * `onescope/inspect`, and `instrument` of `onescope/opentelemetry`. If a call starts nothing, because it is already running, the
 * system refused it, or the JavaScript backend lacks it, its handle does nothing.
 */
export interface Handle extends Disposable {
  /** Whether this call started something that `stop()` has not ended. */
  readonly active: boolean;
  /** Ends what was started, before it returns (the diagnostics server ends later). Can be called again; `using` calls it. */
  stop(): void;
}

/**
 * A slot with the interface of `AsyncLocalStorage`: its value is kept in the root storage of the process. It behaves as the class
 * of the running Node does, including `bind`, `snapshot` and subclassing, and its instances are `instanceof AsyncLocalStorage`.
 *
 * @example
 * ```js
 * import { SlotStorage } from "onescope";
 *
 * const user = new SlotStorage();
 * user.run("ada", () => setTimeout(() => console.log(user.getStore()), 10)); // ada
 * ```
 */
export class SlotStorage<T> extends AsyncLocalStorage<T> {}

/** A value that a native slot can hold, or that a spec can have as default. */
export type Scalar = boolean | number | string | null;

/** What a slot holds. `flag`, `enum` and `counter` of a request are native: other threads can read them. */
export type SlotKind = "value" | "flag" | "enum" | "counter" | "lazy";

/** How long a slot's value lasts: for a call and all that it starts, or as long as its request. */
export type Lifetime = "scope" | "request";

/** What a child context starts with: its parent's value, or the default. */
export type InChild = "inherit" | "reset";

interface OfScope {
  /**
   * The value lasts for a call and everything that the call starts.
   *
   * @default "scope"
   * @throws `ERR_ONESCOPE_SLOT_SPEC` unless `"scope"` or `"request"`
   */
  lifetime?: "scope";
  /**
   * What a child context starts with; without effect on a slot that lasts for a call.
   *
   * @default "inherit"
   * @throws `ERR_ONESCOPE_SLOT_SPEC` unless `"inherit"` or `"reset"`
   */
  inChild?: InChild;
}

interface OfRequest {
  /**
   * The value lasts as long as the request.
   *
   * @throws `ERR_ONESCOPE_SLOT_SPEC` unless `"scope"` or `"request"`
   */
  lifetime: "request";
  /**
   * What a child context starts with: its parent's value, or the default.
   *
   * @default "inherit"
   * @throws `ERR_ONESCOPE_SLOT_SPEC` unless `"inherit"` or `"reset"`
   */
  inChild?: InChild;
}

interface ValueSpec {
  kind: "value";
  /**
   * The first value.
   *
   * @default undefined
   * @throws `ERR_ONESCOPE_SLOT_SPEC` unless a {@link Scalar}
   */
  default?: Scalar;
}

interface FlagSpec {
  kind: "flag";
  /**
   * The first value.
   *
   * @default false
   * @throws `ERR_ONESCOPE_SLOT_SPEC` unless a boolean
   */
  default?: boolean;
}

interface CounterSpec {
  kind: "counter";
  /**
   * The first value, a count without a unit.
   *
   * @default 0
   * @throws `ERR_ONESCOPE_SLOT_SPEC` unless an integer from 0 to 2^31-1
   */
  default?: number;
}

interface EnumSpec<V> {
  kind: "enum";
  /**
   * The possible values: 1 to 250 strings and integers, all different.
   *
   * @throws `ERR_ONESCOPE_SLOT_SPEC` unless such an array
   */
  variants: readonly V[];
  /**
   * The first value.
   *
   * @default the first variant
   * @throws `ERR_ONESCOPE_SLOT_SPEC` unless one of the variants
   */
  default?: NoInfer<V>;
}

interface LazySpec<T> {
  kind: "lazy";
  /**
   * Makes the value when the slot is first read in a request, such as `() => []`; child contexts share it. In a thread, the first
   * `make` that is given for a key is the one that is called.
   *
   * @throws `ERR_ONESCOPE_OPTION` unless a function
   */
  make: () => T;
}

/** A slot whose value lasts for a call and everything that the call starts. */
export interface ScopeSlot<T> {
  /** Number of the slot, from 1, the same in all threads. */
  readonly id: number;
  /** Its name. */
  readonly key: string;
  /** Returns the value of the innermost `run`, or the default. */
  get(): T;
  /** Calls `fn` with the slot set to `value` and returns what it returns. */
  run<R>(value: T, fn: () => R): R;
}

/** A slot of the current request. */
export interface RequestSlot<T> {
  /** Number of the slot, from 1, the same in all threads. */
  readonly id: number;
  /** Its name. */
  readonly key: string;
  /** Returns the current request's value; outside a request the default, or `undefined` for a kind without one. */
  get(): T;
  /**
   * Sets the current request's value.
   *
   * @throws `ERR_ONESCOPE_NO_CONTEXT` outside a request; `ERR_ONESCOPE_SLOT_KIND` for a value that the kind cannot hold
   */
  set(value: T): void;
}

/**
 * Registers a slot in the registry of the process, which all its threads share, and returns the object that reads and sets its
 * value. The same key with the same spec returns the same slot. Without a spec, the slot is a value that lasts for a call.
 *
 * @param key unique name of 1 to 200 bytes, such as `"myapp.tenant"`
 * @throws `ERR_ONESCOPE_SLOT_CONFLICT` if the key is registered with another spec; `ERR_ONESCOPE_SLOT_SPEC` for an invalid key or
 *   spec; `ERR_ONESCOPE_FIELDS_FULL` if no native field is left; `ERR_ONESCOPE_OPTION` if the spec is not an object or
 *   cannot be read, or the `make` of a lazy slot is not a function
 * @example
 * ```js
 * import { registerSlot } from "onescope";
 *
 * const tenant = registerSlot("myapp.tenant", { kind: "value", default: "none" });
 * tenant.run("acme", () => console.log(tenant.get())); // acme
 * ```
 */
export function registerSlot<T = unknown>(key: string, spec?: ValueSpec & OfScope): ScopeSlot<T | undefined>;
export function registerSlot(key: string, spec: FlagSpec & OfScope): ScopeSlot<boolean>;
export function registerSlot(key: string, spec: CounterSpec & OfScope): ScopeSlot<number>;
export function registerSlot<const V extends string | number>(key: string, spec: EnumSpec<V> & OfScope): ScopeSlot<V>;
export function registerSlot<T = unknown>(key: string, spec: ValueSpec & OfRequest): RequestSlot<T | undefined>;
export function registerSlot(key: string, spec: FlagSpec & OfRequest): RequestSlot<boolean>;
export function registerSlot(key: string, spec: CounterSpec & OfRequest): RequestSlot<number>;
export function registerSlot<const V extends string | number>(
  key: string,
  spec: EnumSpec<V> & OfRequest,
): RequestSlot<V>;
export function registerSlot<T>(key: string, spec: LazySpec<T> & OfRequest): RequestSlot<T | undefined>;

/** A registered slot, as the registry lists it. */
export interface SlotInfo {
  /** Number of the slot, from 1, in order of registration, the same in all threads. */
  id: number;
  key: string;
  kind: SlotKind;
  lifetime: Lifetime;
  inChild: InChild;
  /** The first value; `undefined` for a lazy slot, whose value is made when it is first read. */
  default?: Scalar;
  /** The possible values of an enum, in order. */
  variants?: Array<string | number>;
  /** Whether the value is in native memory. */
  native: boolean;
  /** Its index among the byte fields of the record, or for a counter among the counter fields. */
  field?: number;
  /** The vinext module that owns a built-in slot. */
  owner?: string;
}

/** Where a request is in its life. A child context is active from its start, and stays so when its request closes. */
export type ContextState = "free" | "created" | "active" | "responded" | "closed";

/** The kind of request or task that a context belongs to. `outgoing` is work that one waits for, not a request. */
export type ContextKind =
  | "other"
  | "appPage"
  | "appRoute"
  | "action"
  | "pagesPage"
  | "pagesApi"
  | "regeneration"
  | "outgoing";

/** A context as it was at the moment of the call. */
export interface ContextInfo {
  /** Its id: unique in the process, never reused. */
  id: number;
  kind: ContextKind;
  state: ContextState;
  /** Its label; empty if it has none. */
  label: string;
  /** Milliseconds since it was made, with a resolution of 10 ms. */
  ageMs: number;
  /** Milliseconds since it was last entered, with a resolution of 10 ms. */
  idleMs: number;
  /** Id of its JavaScript thread. */
  thread: number;
  /** Id of the context in which it was made; `null` if there was none. */
  parent: number | null;
}

/** Counts of contexts. `created` is always `closed + abandoned + inFlight`. */
export interface Counts {
  /** Requests since the process started. One counts once its context is entered or given a native value. */
  created: number;
  /**
   * Child contexts with a record: those made while something shows them (`onescope/inspect` is loaded in their thread, or another thread
   * watches, records or serves), and others that changed a native slot.
   */
  children: number;
  /** Requests that were closed. */
  closed: number;
  /** Requests that were collected without having been closed. */
  abandoned: number;
  /** Requests that are neither. */
  inFlight: number;
  /** Pages of contexts that JavaScript still reaches. */
  livePages: number;
  /** Contexts in those pages, in any state. */
  liveRecords: number;
  /** JavaScript threads that use the store. */
  threads: number;
}

/** The storages of a thread. */
export interface StorageCounts {
  /** Slot storages made so far. */
  made: number;
  /** Those that were entered and are not collected. Without onescope each would be a storage of Node's own. */
  used: number;
  /** Whether another storage of Node's own was seen in use; `undefined` without `onescope/register`, where this is unknown. */
  others: boolean | undefined;
}

/** Options of {@link store}`.contexts()`. */
export interface ContextsOptions {
  /**
   * Maximum number of contexts to list; the oldest come first.
   *
   * @default no limit
   * @throws `ERR_ONESCOPE_ID` unless an integer from 0 to 2^53-1
   */
  limit?: number;
  /**
   * Whether to list child contexts with a record as well.
   *
   * @default false
   * @throws `ERR_ONESCOPE_OPTION` unless a boolean
   */
  children?: boolean;
}

/**
 * The registry and the context store, as any thread of the process sees them. Its functions can be called anywhere, but belong
 * into diagnostics, not into the code of a request: most of them call native code.
 *
 * @example
 * ```js
 * import { store } from "onescope";
 * import { runTask } from "onescope/inspect";
 *
 * runTask("import users", () => {
 *   const [{ id }] = store.contexts({ limit: 1 });
 *   store.setLabel(id, "import 42 users");
 *   console.log(store.label(id), store.state(id).state, store.read(id, 2)); // import 42 users active false
 * });
 * console.log(store.slots()[1].key); // dynamicUsageDetected
 * ```
 */
export const store: {
  /** Why the backend is not native; empty if it is. */
  readonly reasons: readonly string[];

  /** Lists all registered slots: vinext's request fields first, then those of {@link registerSlot}. */
  slots(): SlotInfo[];

  /**
   * Lists the contexts that are not closed and whose memory is alive, of all threads, oldest first. On the JavaScript backend: of
   * this thread.
   *
   * @throws `ERR_ONESCOPE_OPTION` for options that are not an object; `ERR_ONESCOPE_ID` for an invalid limit
   */
  contexts(options?: ContextsOptions): ContextInfo[];

  /** Counts contexts, pages and threads. */
  counts(): Counts;

  /**
   * Returns the id of a request context: unique in the process, never reused. `undefined` for a context that is not in the store,
   * because it was never entered, and for anything else.
   */
  id(context: unknown): number | undefined;

  /**
   * Reads a native slot of a live context of any thread.
   *
   * @returns `null` if the context has a value that the slot's kind cannot hold, which JavaScript keeps beside the record
   * @throws `ERR_ONESCOPE_STALE_ID` if no context has the id; `ERR_ONESCOPE_ID` if it is not an id; `ERR_ONESCOPE_SLOT_UNKNOWN`
   *   if there is no such slot; `ERR_ONESCOPE_SLOT_KIND` if the slot is not native
   */
  read(id: number, slot: number): Scalar;

  /**
   * Writes a native slot of a live context of any thread.
   *
   * @throws `ERR_ONESCOPE_STALE_ID` if no context has the id; `ERR_ONESCOPE_ID` if it is not an id; `ERR_ONESCOPE_SLOT_UNKNOWN`
   *   if there is no such slot; `ERR_ONESCOPE_SLOT_KIND` if the slot is not native or its kind cannot hold the value
   */
  write(id: number, slot: number, value: Scalar): void;

  /**
   * Returns the label of a live context of any thread.
   *
   * @throws `ERR_ONESCOPE_STALE_ID` if no context has the id; `ERR_ONESCOPE_ID` if it is not an id
   */
  label(id: number): string;

  /**
   * Sets the label of a live context of any thread. Cut to 64 bytes of UTF-8; control characters and characters that reorder or
   * hide text become `?`.
   *
   * @throws `ERR_ONESCOPE_STALE_ID` if no context has the id; `ERR_ONESCOPE_ID` if it is not an id; `ERR_ONESCOPE_SLOT_KIND` if
   *   the text is not a string
   */
  setLabel(id: number, text: string): void;

  /**
   * Returns state and kind of a live context of any thread.
   *
   * @throws `ERR_ONESCOPE_STALE_ID` if no context has the id; `ERR_ONESCOPE_ID` if it is not an id
   */
  state(id: number): { state: ContextState; kind: ContextKind };

  /** Counts the storages of this thread. */
  storages(): StorageCounts;
};
