import { threadBlock } from "../context/cells.js";
import { shown } from "../errors.js";
import { ways } from "../scope/ways.js";
import { CALLS } from "./calls.js";
import { follow } from "./follow.js";
import { nativeOnly } from "./native-only.js";
import { checkWhole, MOST_MS, readOptions, refuseOption } from "./options.js";
import { startHelper } from "./start-helper.js";
import { LEAST_MS, witness } from "./witness.js";

/** @typedef {import("../inspect.js").WatchOptions} WatchOptions */

const OPTIONS = ["thresholdMs", "stacks", "onStall", "maxPerMinute"];

/**
 * Watches all JavaScript threads of the process from outside. While one is stuck, a line on stderr says so and names the
 * request.
 *
 * @param {WatchOptions} [options]
 * @returns {import("../inspect.js").Watch}
 * @throws {OnescopeError} `ERR_ONESCOPE_OPTION`; `ERR_ONESCOPE_BACKEND` on the JavaScript backend; and errors with the codes
 *   `ERR_ONESCOPE_WATCHED` while another watch of the process is on, `ERR_ONESCOPE_WATCHDOG`, `ERR_ONESCOPE_CLOCK`
 */
export function watch(options) {
  const { thresholdMs = 1000, stacks = true, onStall, maxPerMinute = 60 } = readOptions("watch()", options, OPTIONS);
  checkWhole("watch()", "thresholdMs", thresholdMs, LEAST_MS, MOST_MS);
  checkWhole("watch()", "maxPerMinute", maxPerMinute, 1, MOST_MS);
  if (typeof stacks !== "boolean") refuseOption("watch()", "stacks", stacks, "true or false");
  if (onStall !== undefined && typeof onStall !== "function") refuseOption("watch()", "onStall", onStall, "a function");
  const watchdog = nativeOnly("watchdog", "watch()", "JavaScript cannot see a thread that is stuck");
  threadBlock();
  const settings = { thresholdMs, maxPerMinute, stacks, calls: CALLS };
  const start = () => watchdog.watchStart(settings, deliverTo(onStall));
  ways.outside(start);
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
      process.emitWarning(`onStall of onescope's watch() failed: ${shown(error)}`, "OnescopeWarning");
    }
  };
}
