/**
 * Slots in place of AsyncLocalStorages, registered slots of the request, and the store that other threads can read.
 *
 * @packageDocumentation
 */

import type { AsyncLocalStorage } from "node:async_hooks";

/** Which backend holds the store: `"native"` (Rust) or `"js"`. {@link store}`.reasons` says why it is not native. */
export const backend: "native" | "js";

/** What went wrong. Codes are stable: programs may compare them. */
export type OnescopeErrorCode =
  /** The backend that `ONESCOPE_BACKEND` requires is not available. */
  | "ERR_ONESCOPE_BACKEND"
  /** The key is registered already, with another spec. The message names both. */
  | "ERR_ONESCOPE_SLOT_CONFLICT"
  /** No slot has this id. */
  | "ERR_ONESCOPE_SLOT_UNKNOWN"
  /** A spec breaks a rule. */
  | "ERR_ONESCOPE_SLOT_SPEC"
  /** The slot's kind does not have this value, its value is not native, or a label is not a string. */
  | "ERR_ONESCOPE_SLOT_KIND"
  /** All native fields of a context's record are taken by flags, enums or counters. */
  | "ERR_ONESCOPE_RECORD_FULL"
  /** The id was right once; its context was collected since, or never made. */
  | "ERR_ONESCOPE_STALE_ID"
  /** Not an id or a limit. */
  | "ERR_ONESCOPE_ID"
  /** A filter names something that no context can be. */
  | "ERR_ONESCOPE_FILTER"
  /** No request runs here. */
  | "ERR_ONESCOPE_NO_CONTEXT"
  /** Memory for a page or a thread's block could not be allocated. */
  | "ERR_ONESCOPE_PAGE_MEMORY"
  /** The thread that keeps the coarse clock could not be started. */
  | "ERR_ONESCOPE_CLOCK"
  /** An option has a value that it cannot have. */
  | "ERR_ONESCOPE_OPTION"
  /** Node's permission model denies what the call needs. */
  | "ERR_ONESCOPE_PERMISSION"
  /** The diagnostics server's address can be reached by others, and there is no token. */
  | "ERR_ONESCOPE_TOKEN"
  /** The process has a diagnostics server already. */
  | "ERR_ONESCOPE_SERVING"
  /** The diagnostics server cannot listen there. */
  | "ERR_ONESCOPE_LISTEN"
  /** The process is watched already. */
  | "ERR_ONESCOPE_WATCHED"
  /** The watchdog thread could not be started. */
  | "ERR_ONESCOPE_WATCHDOG"
  /** The process records already. */
  | "ERR_ONESCOPE_RECORDING"
  /** Only the main thread can record. */
  | "ERR_ONESCOPE_RECORD_WORKER"
  /** No flight recording can be made in this directory. */
  | "ERR_ONESCOPE_RECORD_FILE"
  /** The recorder's thread could not be started. */
  | "ERR_ONESCOPE_RECORDER"
  /** The system does not let the file be read, or the directory has no recording. */
  | "ERR_ONESCOPE_FLIGHT_UNREADABLE"
  /** The file is no flight recording. */
  | "ERR_ONESCOPE_FLIGHT_FOREIGN"
  /** A part of the recording is missing. */
  | "ERR_ONESCOPE_FLIGHT_TRUNCATED"
  /** The header of the recording is damaged. */
  | "ERR_ONESCOPE_FLIGHT_TORN"
  /** Another version of onescope, or another sort of machine, wrote the recording. */
  | "ERR_ONESCOPE_FLIGHT_VERSION"
  /** The package `@opentelemetry/api` is not there, or does not load. */
  | "ERR_ONESCOPE_OPENTELEMETRY"
  /** The thread is instrumented for OpenTelemetry already. */
  | "ERR_ONESCOPE_INSTRUMENTED";

/**
 * The class of every error of onescope, from both backends. `code` is stable, so programs may compare it; the message names the
 * cause and what to do.
 */
export class OnescopeError extends Error {
  constructor(code: string, message: string, options?: ErrorOptions);
  /** One of {@link OnescopeErrorCode}. */
  code: string;
}

/**
 * What every starter returns: `trackRequests`, `trackLeaks`, `releaseOnClose`, `watch`, `record` and
 * `serve` of `onescope/inspect`, and `instrument` of `onescope/opentelemetry`. Something that was not started, because it runs already or the system
 * refused it, has the same handle, which does nothing.
 */
export interface Handle extends Disposable {
  /** Ends what was started; all but the diagnostics server have ended when it returns. May be called again. Leaving a `using` block calls it. */
  stop(): void;
}

/**
 * An `AsyncLocalStorage` whose value is a slot of the process's one real storage. It does what this Node's own class
 * does, `bind`, `snapshot` and subclassing included, and instances of it pass `instanceof AsyncLocalStorage`.
 */
export class SlotStorage<T> extends AsyncLocalStorage<T> {}

/** A value that a native slot can hold or a spec can name. */
export type Scalar = boolean | number | string | null;

/** What a slot holds. `flag`, `enum` and `counter` of a request are native: other threads can read them. */
export type SlotKind = "value" | "flag" | "enum" | "counter" | "list" | "set" | "map" | "weakMap" | "lazy";

/** How long a slot's value lasts: for a call and all that it starts, or as long as its request. */
export type Lifetime = "scope" | "request";

/** What a fork of a request starts with: the request's value, or the default. */
export type OnFork = "inherit" | "reset";

interface OfScope {
  /** The value lasts for a call and everything that the call starts. */
  lifetime?: "scope";
  onFork?: OnFork;
}

interface OfRequest {
  /** The value lasts as long as the request. */
  lifetime: "request";
  /** `"inherit"` unless given. */
  onFork?: OnFork;
}

interface ValueSpec {
  kind: "value";
  default?: Scalar;
}

interface FlagSpec {
  kind: "flag";
  /** `false` unless given */
  default?: boolean;
}

interface CounterSpec {
  kind: "counter";
  /** a whole number from 0 to 2^31-1; 0 unless given */
  default?: number;
}

interface EnumSpec<V> {
  kind: "enum";
  /** 1 to 250 strings and whole numbers, no two equal */
  variants: readonly V[];
  /** the first variant unless given */
  default?: NoInfer<V>;
}

/** A slot whose value lasts for a call and everything that the call starts. */
export interface ScopeSlot<T> {
  /** Number of the slot, from 1, the same in all threads. */
  readonly id: number;
  /** Its name. */
  readonly key: string;
  /** The value of the innermost `run`, else the default. */
  get(): T;
  /** Calls `fn` with the slot set to `value` and returns what it returns. */
  run<R>(value: T, fn: () => R): R;
}

/** A slot of the request that is current where it is used. */
export interface RequestSlot<T> {
  /** Number of the slot, from 1, the same in all threads. */
  readonly id: number;
  /** Its name. */
  readonly key: string;
  /** The current request's value; outside a request the default, `undefined` for a collection. */
  get(): T;
  /**
   * Sets the current request's value.
   *
   * @throws `ERR_ONESCOPE_NO_CONTEXT` outside a request, `ERR_ONESCOPE_SLOT_KIND` for a value that the kind does not have
   */
  set(value: T): void;
}

/**
 * Registers a slot with the process-wide registry, which all worker threads share, and returns the way to its value.
 * The same key with the same spec gives the same slot. Without a spec it is a value that lasts for a scope.
 *
 * @param key unique name of 1 to 200 bytes, such as `"myapp.tenant"`
 * @throws `ERR_ONESCOPE_SLOT_CONFLICT` if the key is registered with another spec, `ERR_ONESCOPE_SLOT_SPEC` for a spec
 *   that makes no sense, `ERR_ONESCOPE_RECORD_FULL` when no native field is left, `ERR_ONESCOPE_OPTION` for a spec that is no
 *   object or cannot be read, and for a `make` that is no function
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
export function registerSlot<T = unknown>(
  key: string,
  spec: { kind: "list" } & OfRequest,
): RequestSlot<T[] | undefined>;
export function registerSlot<T = unknown>(
  key: string,
  spec: { kind: "set" } & OfRequest,
): RequestSlot<Set<T> | undefined>;
export function registerSlot<K = unknown, V = unknown>(
  key: string,
  spec: { kind: "map" } & OfRequest,
): RequestSlot<Map<K, V> | undefined>;
/** `make` makes the object when the slot is first read in a request; `factory` names it for the registry. */
export function registerSlot<T extends object>(
  key: string,
  spec: { kind: "lazy"; factory: string; make: () => T } & OfRequest,
): RequestSlot<T | undefined>;
export function registerSlot<K extends WeakKey = WeakKey, V = unknown>(
  key: string,
  spec: { kind: "weakMap" } & OfRequest,
): RequestSlot<WeakMap<K, V> | undefined>;

/** A registered slot, as the registry lists it. */
export interface SlotInfo {
  /** Number of the slot, from 1, in order of registration, the same in all threads. */
  id: number;
  key: string;
  kind: SlotKind;
  lifetime: Lifetime;
  onFork: OnFork;
  /** The first value; `undefined` for a collection, which starts empty. */
  default?: Scalar;
  /** What an enum can be, in order. */
  variants?: Array<string | number>;
  /** What makes the first value of a lazy slot. */
  factory?: string;
  /** Whether the value lies in native memory. */
  native: boolean;
  /** Where it lies there, counted among the byte fields, or for a counter among the counter fields. */
  field?: number;
  /** The vinext module that owns a built-in slot. */
  owner?: string;
}

/** Where a request is in its life. A fork is active from its start, and stays so when its request closes. */
export type ContextState = "free" | "created" | "active" | "responded" | "closed";

/** What sort of request a context serves. */
export type ContextKind = "other" | "appPage" | "appRoute" | "action" | "pagesPage" | "pagesApi" | "regeneration";

/** A context as it was at the moment of the call. */
export interface ContextInfo {
  /** Its id: unique in the process, never reused. */
  id: number;
  kind: ContextKind;
  state: ContextState;
  /** The text that a person recognises it by; empty if it has no label. */
  label: string;
  /** Milliseconds since it was made, to 10 ms. */
  ageMs: number;
  /** Milliseconds since it was last entered, to 10 ms. */
  idleMs: number;
  /** Number of its JavaScript thread. */
  thread: number;
  /** Id of the context that it was made in; `null` for a request. */
  parent: number | null;
}

/** How many contexts there are and were. `created` is always `closed + abandoned + inFlight`. */
export interface Counts {
  /** Requests since the process started. One counts once its context is entered, forked or given a native value. */
  created: number;
  /** Forks made. */
  forked: number;
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
  /** Those of them that were entered and are not collected: each would be a real storage otherwise. */
  used: number;
  /** Real storages that carry them. */
  real: number;
  /** Whether another real storage was seen in use; unknown without `onescope/register`. */
  others: boolean | undefined;
}

/** The registry and the context store, as any thread of the process sees them. */
export const store: {
  /** Why the backend is not the native one; empty where it is. */
  readonly reasons: readonly string[];

  /** Every registered slot: vinext's request fields first, then what {@link registerSlot} added. */
  slots(): SlotInfo[];

  /**
   * The contexts that are not closed and whose memory is alive, oldest first, of all threads (js backend: of this one).
   *
   * @param options `limit`: at most so many; `forks`: also contexts derived from a request's
   */
  contexts(options?: { limit?: number; forks?: boolean }): ContextInfo[];

  /** How many contexts there are and were. */
  counts(): Counts;

  /** The id of a context: a whole number that names this context and never another; `undefined` outside the store. */
  id(context: unknown): number | undefined;

  /**
   * Reads a native slot of any live context of any thread.
   *
   * @returns `null` where the value is one that the slot's kind does not have and so lies on the JavaScript side
   * @throws `ERR_ONESCOPE_STALE_ID`, `ERR_ONESCOPE_ID`, `ERR_ONESCOPE_SLOT_UNKNOWN`, `ERR_ONESCOPE_SLOT_KIND`
   */
  read(id: number, slot: number): Scalar;

  /** Writes a native slot of any live context. Throws as `read` does, and `ERR_ONESCOPE_SLOT_KIND` for a wrong value. */
  write(id: number, slot: number, value: Scalar): void;

  /** The label of a context. */
  label(id: number): string;

  /** Names a context for people. Cut to 64 bytes of UTF-8; unsafe characters become `?`. */
  setLabel(id: number, text: string): void;

  /** State and kind of a context. */
  state(id: number): { state: ContextState; kind: ContextKind };

  /** The storages of this thread. */
  storages(): StorageCounts;
};
