import { createRequire } from "node:module";
import { entry } from "../async-context/entry.js";
import { LAYOUT, LIMITS } from "../generated/slot-table.js";
import { backend } from "../store/backend.js";
import { moveThread, threadBlock, threadNumber } from "../store/records.js";
import { shared } from "../util/shared.js";
import { stampCalls } from "./call-markers.js";
import { publishAnswer, withdrawAnswer } from "./probe-response.js";
import { witness } from "./stall-hooks.js";

// The part that each JavaScript thread takes in the watch of the process: it beats, and stamps the calls that block it. And
// in its recording: it moves in.

const require = createRequire(import.meta.url);

/** Between two beats. What the watchdog sees as the start of a stall is early by at most this. */
const { heartbeatMs: BEAT_MS } = LIMITS;

const { beat: BEAT, clock: CLOCK, inspectorPort: INSPECTOR_PORT } = LAYOUT.block;

const state = shared("watch", () => ({
  /** ends this thread's beat; `undefined` while it does not beat */
  endBeat: /** @type {(() => void) | undefined} */ (undefined),
  /** takes part in a watch */
  watched: false,
}));

/**
 * Beats while a watch or a diagnostics server is on, takes part in the watch while there is one, and in the recording while
 * there is one.
 */
export function follow() {
  const { watchdog } = backend;
  if (watchdog === undefined) return;
  moveThread();
  const watched = watchdog.watching();
  if (watched !== state.watched) {
    state.watched = watched;
    stampCalls(watched);
    if (watched) publishAnswer(threadNumber());
    else withdrawAnswer();
  }
  const beats = watchdog.beating();
  if (beats && state.endBeat === undefined) {
    state.endBeat = startBeat();
  } else if (!beats) {
    state.endBeat?.();
    state.endBeat = undefined;
  }
}

/** @returns {() => number} reads the inspector port that is open, 0 for none. Only the main thread knows it. */
function inspectorPort() {
  const inspector = process.features.inspector ? require("node:inspector") : undefined;
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
 * The first beat comes as soon as the event loop turns: a thread that still loads its modules has not started. The last one
 * comes before the thread ends, which can take a while and is no stall. The timers start outside every scope, so that they
 * hold no request.
 *
 * @returns {() => void} ends the beat
 */
function startBeat() {
  const port = inspectorPort();
  const beat = () => {
    const block = threadBlock();
    witness.turns?.();
    block[INSPECTOR_PORT] = port();
    block[BEAT] = block[CLOCK];
  };
  const stopTimers = entry.runOutside(() => {
    const timer = setInterval(beat, BEAT_MS).unref();
    // Until the first beat nothing can be reported. The immediate ends the current turn, but does not wake an idle event
    // loop; the timer does.
    const immediate = setImmediate(beat).unref();
    const soon = setTimeout(beat, 1).unref();
    return () => {
      clearInterval(timer);
      clearImmediate(immediate);
      clearTimeout(soon);
    };
  });
  const leave = () => {
    process.off("exit", leave);
    stopTimers();
    const block = threadBlock();
    block[BEAT] = block[INSPECTOR_PORT] = 0;
  };
  process.once("exit", leave);
  return leave;
}
