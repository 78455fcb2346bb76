import { backend } from "../backend.js";
import { threadBlock } from "../context/cells.js";
import { CODES, OnescopeError } from "../errors.js";
import { ways } from "../scope/ways.js";
import { CALLS } from "./calls.js";
import { follow } from "./follow.js";
import { startHelper } from "./start-helper.js";
import { LEAST_MS, witness } from "./witness.js";

/** @typedef {import("../inspect.js").WatchOptions} WatchOptions */

const MOST_MS = 2 ** 31 - 1;

/**
 * Watches all JavaScript threads of the process from outside. While one is stuck, a line on stderr says so and names the
 * request.
 *
 * @param {WatchOptions} [options]
 * @returns {import("../inspect.js").Watch}
 * @throws {OnescopeError} `ERR_ONESCOPE_OPTION`; `ERR_ONESCOPE_BACKEND` on the JavaScript backend; and errors with the codes
 *   `ERR_ONESCOPE_WATCHED` while another watch of the process is on, `ERR_ONESCOPE_WATCHDOG`, `ERR_ONESCOPE_CLOCK`
 */
export function watch(options = {}) {
  const { thresholdMs = 1000, stacks = true, onStall, maxPerMinute = 60 } = options;
  checkNumber("thresholdMs", thresholdMs, LEAST_MS);
  checkNumber("maxPerMinute", maxPerMinute, 1);
  if (typeof stacks !== "boolean") refuse("stacks", stacks, "true or false");
  if (onStall !== undefined && typeof onStall !== "function") refuse("onStall", onStall, "a function");
  const { watchdog } = backend;
  if (watchdog === undefined) {
    throw new OnescopeError(
      CODES.BACKEND,
      `watch() needs the native backend, for JavaScript cannot see a thread that is stuck; this is the JavaScript one: ` +
        `${backend.reasons.join("; ")}. Make the addon load, or do without watch()`,
    );
  }
  threadBlock();
  const settings = { thresholdMs, maxPerMinute, stacks, calls: CALLS };
  const start = () => watchdog.watchStart(settings, deliverTo(onStall));
  ways.resume({ scope: undefined }, start, null, []);
  follow();
  const helper = stacks ? startHelper() : undefined;
  let on = true;
  const stop = () => {
    if (!on) return;
    on = false;
    watchdog.watchStop();
    helper?.stop();
    follow();
  };
  return {
    pause: () => void (on && watchdog.watchPause(true)),
    resume: () => void (on && watchdog.watchPause(false)),
    stop,
    [Symbol.dispose]: stop,
  };
}

/**
 * @param {WatchOptions["onStall"]} onStall
 * @returns {(line: string) => Promise<void>}
 */
function deliverTo(onStall) {
  return async (line) => {
    const report = JSON.parse(line);
    witness.hears?.(report);
    try {
      await onStall?.(report);
    } catch (error) {
      process.emitWarning(`onStall of onescope's watch() failed: ${error}`, "OnescopeWarning");
    }
  };
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {number} least
 */
function checkNumber(name, value, least) {
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= MOST_MS) return;
  refuse(name, value, `a whole number from ${least} to ${MOST_MS}`);
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {string} expected
 * @returns {never}
 */
function refuse(name, value, expected) {
  const given = typeof value === "number" ? value : typeof value;
  throw new OnescopeError(CODES.OPTION, `option ${name} of watch() is ${expected}, not ${given}; correct or omit it`);
}
