import { entry } from "../async-context/entry.js";
import { LAYOUT, LIMITS } from "../generated/slot-table.js";
import { backend } from "../store/backend.js";
import { childRecords, moveThread, threadBlock, threadNumber } from "../store/records.js";
import { readSomeRoutes } from "../tracking/open-requests.js";
import { checkSockets } from "../tracking/outgoing/sockets.js";
import { atExit } from "../util/at-exit.js";
import { shared } from "../util/shared.js";
import { clearImmediate, clearInterval, clearTimeout, setImmediate, setInterval, setTimeout } from "../util/timers.js";
import { markCalls } from "./call-markers.js";
import { publishResponder, withdrawResponder } from "./probe-response.js";
import { stallHooks } from "./stall-hooks.js";

// The part that each JavaScript thread takes in the watch of the process: it writes heartbeats, and marks the calls that block it.
// While a recording is on, its block and its pages are in the recording.

/** Between two heartbeats. What the watchdog sees as the start of a stall is early by at most this. */
const { heartbeatMs: HEARTBEAT_MS } = LIMITS;

/** Between two times that a recording without heartbeats gets the routes which frameworks have left on requests. */
const READING_MS = 250;

const { heartbeat: HEARTBEAT, clock: CLOCK, inspectorPort: INSPECTOR_PORT } = LAYOUT.block;

const state = shared("watch", () => ({
  /** stops this thread's heartbeat; `undefined` while it has none */
  endHeartbeat: /** @type {(() => void) | undefined} */ (undefined),
  /** takes part in a watch */
  watched: false,
  /** stops reading routes for a recording; `undefined` while heartbeats do it, or there is no recording */
  endReading: /** @type {(() => void) | undefined} */ (undefined),
}));

/**
 * Writes heartbeats while a watch or a diagnostics server is on, takes part in the watch while there is one, and in the recording while
 * there is one.
 */
export function follow() {
  const { watchdog } = backend;
  if (watchdog === undefined) return;
  childRecords.wanted = true;
  moveThread();
  const watched = watchdog.watching();
  if (watched !== state.watched) {
    state.watched = watched;
    markCalls(watched);
    if (watched) publishResponder(threadNumber());
    else withdrawResponder();
  }
  const wanted = watchdog.heartbeats();
  if (wanted && state.endHeartbeat === undefined) {
    state.endHeartbeat = startHeartbeat();
  } else if (!wanted) {
    state.endHeartbeat?.();
    state.endHeartbeat = undefined;
  }
  if (!wanted && backend.recorder?.recording()) {
    state.endReading ??= startReading();
  } else {
    state.endReading?.();
    state.endReading = undefined;
  }
}

/** Writes into records what nobody tells this thread: routes, and that a connection has been answered. */
function catchUp() {
  readSomeRoutes();
  checkSockets();
}

/** @returns {() => void} stops it */
function startReading() {
  return entry.runOutside(() => {
    const timer = setInterval(catchUp, READING_MS).unref();
    return () => clearInterval(timer);
  });
}

/** @returns {() => number} reads the inspector port that is open, 0 for none. Only the main thread knows it. */
function inspectorPort() {
  const inspector = process.features.inspector ? process.getBuiltinModule("node:inspector") : undefined;
  /** @type {string | undefined} */
  let known;
  let port = 0;
  return () => {
    const url = inspector?.url();
    if (url !== known) {
      known = url;
      port = Number(/:(\d+)\//.exec(url ?? "")?.[1] ?? 0);
    }
    return port;
  };
}

/**
 * The first heartbeat comes as soon as the event loop turns: a thread that still loads its modules has not started. The last one
 * comes before the thread ends, which can take a while and is not a stall. The timers start outside every scope, so that they
 * hold no request.
 *
 * @returns {() => void} stops the heartbeat
 */
function startHeartbeat() {
  const port = inspectorPort();
  const tick = () => {
    const block = threadBlock();
    stallHooks.onTick?.();
    catchUp();
    block[INSPECTOR_PORT] = port();
    block[HEARTBEAT] = block[CLOCK];
  };
  const stopTimers = entry.runOutside(() => {
    const timer = setInterval(tick, HEARTBEAT_MS).unref();
    // Until the first heartbeat nothing can be reported. The immediate ends the current turn, but does not wake an idle event
    // loop; the timer does.
    const immediate = setImmediate(tick).unref();
    const soon = setTimeout(tick, 1).unref();
    return () => {
      clearInterval(timer);
      clearImmediate(immediate);
      clearTimeout(soon);
    };
  });
  const leave = () => {
    forget();
    stopTimers();
    const block = threadBlock();
    block[HEARTBEAT] = block[INSPECTOR_PORT] = 0;
  };
  const forget = atExit(leave);
  return leave;
}
