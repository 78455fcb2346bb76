import { warn } from "../util/warn.js";
import { backend } from "./backend.js";

/** What says that there is one already, or that this thread is not the one to start it: nothing is lost by this call. */
const RUNNING = [
  "ERR_ONESCOPE_WATCHED",
  "ERR_ONESCOPE_RECORDING",
  "ERR_ONESCOPE_RECORD_WORKER",
  "ERR_ONESCOPE_INSTRUMENTED",
];

/** What the system or Node's permission model can refuse: memory, a thread, an address, a file. */
const REFUSED = [
  "ERR_ONESCOPE_PAGE_MEMORY",
  "ERR_ONESCOPE_CLOCK",
  "ERR_ONESCOPE_WATCHDOG",
  "ERR_ONESCOPE_RECORDER",
  "ERR_ONESCOPE_RECORD_FILE",
  "ERR_ONESCOPE_LISTEN",
  "ERR_ONESCOPE_PERMISSION",
];

/**
 * Starts a diagnostic. A preload in `NODE_OPTIONS` does so in every thread, and what a thread throws there ends it; so where
 * there is one already, or the system refuses it, a warning says that, and the program continues.
 *
 * @template T
 * @param {string} call such as `watch()`
 * @param {boolean} strict whether to throw instead
 * @param {() => T} start
 * @returns {T | undefined} `undefined` if it is not started
 * @throws what `start` throws, except those
 */
export function startUnlessRefused(call, strict, start) {
  try {
    return start();
  } catch (error) {
    const { code, message } = /** @type {Error & { code: string }} */ (error);
    const running = RUNNING.includes(code);
    if (strict || !(running || REFUSED.includes(code))) throw error;
    warnOnce(call, code, `${running ? "did nothing" : "is off"}: ${message}`);
    return undefined;
  }
}

/**
 * Warns of something, once in the process, whichever of its threads comes to it first.
 *
 * @param {string} call such as `watch()`
 * @param {string} code
 * @param {string} what it did instead
 */
export function warnOnce(call, code, what) {
  if (!backend.firstNotice(`${call} ${code}`)) return;
  warn(`onescope's ${call} ${what}`, code);
}
