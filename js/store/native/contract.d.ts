// What both backends offer. The native one is the addon itself plus what only the JavaScript side can know.

import type {
  ContextInfo,
  ContextKind,
  ContextState,
  ContextsOptions,
  Counts,
  InChild,
  Lifetime,
  Scalar,
  SlotInfo,
  SlotKind,
} from "../../../index.js";

import type {
  Counters,
  InFlightFilter,
  Latency,
  LeakReport,
  Recording,
  RecordOptions,
  ReportedRequest,
  ServeOptions,
  Slow,
  StallEndReport,
  StallReport,
  Wait,
  WatchOptions,
} from "../../inspect.js";

export type { ContextInfo, Scalar, SlotInfo };

export interface SlotSpec {
  key: string;
  kind: SlotKind;
  lifetime: Lifetime;
  default?: Scalar;
  variants?: Array<string | number>;
  inChild?: InChild;
}

/** A thread's block, by `LAYOUT.block`: word 0 holds whole milliseconds, coarse, never 0. JavaScript writes the others. */
export interface Block {
  [word: number]: number;
}

/** What a watch is set to; see `WatchOptions` of `onescope/inspect`. */
export interface WatchSettings extends Required<Pick<WatchOptions, "thresholdMs" | "maxPerMinute" | "stacks">> {
  /** names of the calls that threads mark; the first has the code 1 */
  calls: readonly string[];
}

/** How a blocked thread responded to a probe. */
export interface ProbeResponse {
  /** the two of the request */
  thread: number;
  probeId: number;
  /** id of the context that is current in that thread, `null` for none */
  id: number | null;
  /** functions, innermost first */
  stack: string[];
  /** word `LAYOUT.block.heartbeat` of that thread's block as it responded: proves that it was still blocked */
  heartbeat: number;
}

/** Which contexts to list. */
export interface ContextsFilter extends ContextsOptions, Pick<InFlightFilter, "label" | "thread"> {
  state?: string;
  /** also those that are closed */
  closed?: boolean;
  /** with the native flags that are set */
  flags?: boolean;
  /** with what each one waits for */
  waits?: boolean;
  /** only those that wait for something whose label contains this */
  waiting?: string;
}

export interface Store {
  layoutHash(): string;
  /** Sets what the clock shows as it starts, in ms, so that tests see it wrap. Does nothing once a thread is attached. */
  selftestClock(ms: number): void;
  registerSlot(spec: SlotSpec): number;
  slots(): SlotInfo[];
  /** One of them, by id; takes the same time however many there are. */
  slotInfo(id: number): SlotInfo;
  /** `clock` is a block that is not memory of the store. */
  attachThread(): { id: number; block?: ArrayBuffer; clock?: Block };
  allocatePage(): ArrayBuffer;
  counts(): Counts;
  contexts(filter?: ContextsFilter): Array<ContextInfo & { flags?: string[]; waiting?: Wait | null }>;
  inFlight(): Pick<Counters, "byKind" | "byState">;
  latencies(): Latency[];
  slow(): Slow[];
  readSlot(id: number, slot: number): Scalar;
  writeSlot(id: number, slot: number, value: Scalar): void;
  readLabel(id: number): string;
  writeLabel(id: number, text: string): void;
  readState(id: number): { state: ContextState; kind: ContextKind };
  /**
   * Requests that nobody closed, by label or else by kind, the largest group first: those that have been idle for that long, and
   * those that were collected.
   */
  neverClosed(idleMs: number): LeakReport["neverClosed"];
  /**
   * Whether no thread of the process has given a warning of this name. On the JavaScript backend threads know of each other if
   * one had loaded onescope when it started the other.
   */
  firstNotice(name: string): boolean;
}

/** What only the native backend has: seeing from another thread that this one is blocked. */
export interface Watchdog {
  /** Starts the watch of the process; `onReport` gets each line. Throws `ERR_ONESCOPE_WATCHED` if one is on. */
  watchStart(settings: WatchSettings, onReport?: (line: string) => void): void;
  /** Ends it; false if none was on. */
  watchStop(): boolean;
  /** Pauses or resumes it. */
  watchPause(paused: boolean): void;
  /** Whether one is on, paused or not. */
  watching(): boolean;
  /** Whether threads write heartbeats: a watch or a diagnostics server is on. */
  heartbeats(): boolean;
  /** Has `changed` called whenever a watch, a recording or a diagnostics server starts or stops, until this environment ends. */
  follow(changed: () => void): void;
  /**
   * Calls `probe` for each request to a blocked thread, until the watch stops. Each request has its own `probeId`; a stall can
   * have several.
   */
  watchHelper(probe: (thread: number, probeId: number) => void): void;
  /** Takes a response; false if it is too late, because the thread has written a heartbeat since. */
  watchRespond(response: ProbeResponse): boolean;
  /**
   * The lines of a thread's latest stall that name a confirmed request, in the order in which they were reported. `id` is the
   * context that was current: the request itself, a child of it, or work inside it. `at` is a reading of the block's clock.
   */
  confirmedStalls(thread: number): Array<{ id: number; at: number; line: string }>;
}

/** What a recording is set to; see `RecordOptions` of `onescope/inspect`. */
export interface RecordSettings extends Required<Pick<RecordOptions, "keep" | "maxBytes">> {
  /** absolute */
  directory: string;
  /** version of Node */
  node: string;
  /** names of the calls that threads mark; the first has the code 1 */
  calls: readonly string[];
}

/** What only the native backend has: keeping the store in a file that outlives the process. */
export interface Recorder {
  /** Bytes that a recording can have. */
  recordLimits(): { least: number; most: number };
  /**
   * Starts to record, and returns the path of the file. Throws `ERR_ONESCOPE_RECORDING` if it is on;
   * `ERR_ONESCOPE_RECORD_FILE` if the file cannot be made.
   */
  recordStart(settings: RecordSettings): string;
  /** Ends it; false if none was on. */
  recordStop(): boolean;
  /** Whether one is on. */
  recording(): boolean;
  /** Notes that the process exits, after an uncaught error of that class and with that message if one is given. */
  recordExit(code: number, error?: string, message?: string): void;
  /** Notes that another program is about to take this one's place in the process, or, with false, that it did not. */
  recordExecve(replaced: boolean): void;
  /** Pages that there is room for, those in use, and those that are not in the file; `null` if nothing records. */
  recordUsage(): ReturnType<Recording["usage"]> | null;
  /**
   * Moves this thread's block to where it belongs since a recording started or stopped, and returns the new one, which has
   * the words of the old; `null` if it is there. The old one must not be written from then on.
   */
  moveThread(): ArrayBuffer | null;
  /** Names of the recordings in a directory, the newest first. Throws `ERR_ONESCOPE_FLIGHT_UNREADABLE`. */
  listFlights(directory: string): string[];
  /** The recording in a file. Throws `ERR_ONESCOPE_FLIGHT_…`, by what is wrong with the file. */
  readFlight(path: string): Flight;
}

/** A request that a recorded thread names. */
export interface FlightRequest extends ReportedRequest {
  kind: ContextKind;
}

/** What a flight recording says. Ages are as of the last sign of life, times in ms since 1970. */
export interface Flight {
  pid: number;
  node: string;
  onescope: string;
  startedAtMs: number;
  lastAliveAtMs: number;
  /** the process records still */
  running: boolean;
  /** `null` while it runs */
  endedCleanly: boolean | null;
  /** by the process's own account; `null` for one that was killed, crashed or runs */
  ending: {
    how: "exit" | "error" | "stopped" | "execve";
    code: number | null;
    /** class of the uncaught error */
    error: string | null;
    /** first line of its message, cut to 200 bytes */
    message: string | null;
  } | null;
  /** the signal that ended it, if it could be noted; never SIGKILL or SIGSEGV */
  signal: string | null;
  /** the last signal that the program handled */
  handledSignal: string | null;
  inFlight: Array<ContextInfo & { waiting: Wait | null }>;
  threads: Array<{
    id: number;
    lastEntered: FlightRequest | null;
    call: { name: string; forMs: number; request: FlightRequest | null } | null;
  }>;
  stalls: Array<{ atMs: number; report: StallReport | StallEndReport }>;
  /** `null`, as the next two, if no snapshot is whole */
  counters: Omit<Counters, "byKind" | "byState"> | null;
  countersAgeMs: number | null;
  unrecorded: { pages: number; inFlight: number; threads: number } | null;
  /** something can have been in flight that is not listed */
  mayBeMissing: boolean;
  pagesUsed: number;
  pagesCapacity: number;
  corrupt: { pages: number; records: number; stalls: number; snapshots: number };
}

/** The configuration of a diagnostics server; see `ServeOptions` of `onescope/inspect`. */
export interface ServerSettings
  extends Pick<ServeOptions, "token">,
    Required<Pick<ServeOptions, "port" | "maxBlockedMs">> {
  /** an IP address */
  address: string;
  /** fail, rather than take another port or the running server */
  strict: boolean;
}

/** The running diagnostics server. */
export interface StartedServer {
  /** an IP address */
  address: string;
  port: number;
  /** why the port is not the requested one, if it is another */
  moved?: string;
  /** it was running before */
  joined: boolean;
  /** its settings are the requested ones, except perhaps the port */
  alike: boolean;
}

/** Native only: a server that responds while this thread is blocked. */
export interface Diagnostics {
  /**
   * Starts the server of the process, unless it has one. `requestLeaks` is called when a request needs the leaks, at most every
   * 5 s. Throws `ERR_ONESCOPE_LISTEN` if it cannot listen; if strict also for a port that is in use, and
   * `ERR_ONESCOPE_SERVING` if a server is running.
   */
  diagnosticsStart(settings: ServerSettings, requestLeaks: () => void): StartedServer;
  /** Ends it; false if none was running. */
  diagnosticsStop(): boolean;
  /** Takes the leaks that `requestLeaks` requested: the JSON of an object, or `null` on failure. */
  diagnosticsLeaks(json: string | null): void;
}

export interface Backend extends Store {
  /** which backend this is */
  name: "native" | "js";
  /** why it is not the native one; empty for native */
  reasons: readonly string[];
  /** path of the addon, native only */
  path?: string;
  /** native only */
  watchdog?: Watchdog;
  /** native only */
  recorder?: Recorder;
  diagnostics?: Diagnostics;
  /** version of the addon, native only */
  version?(): string;
  /** called for a record taken by a child context; the native backend reads it from the record */
  childCreated(words: Int32Array): void;
  /** called for a record of outgoing work; the native backend reads it from the record */
  outgoingBegan(words: Int32Array): void;
  /** called for a record whose context was closed; the native backend reads it from the record */
  closed(words: Int32Array): void;
}
