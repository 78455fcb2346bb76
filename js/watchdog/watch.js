import { entry } from "../async-context/entry.js";
import { nativePart } from "../store/backend.js";
import { threadBlock } from "../store/records.js";
import { startUnlessRefused } from "../store/start.js";
import { shown } from "../util/errors.js";
import { createHandle, inactiveHandle } from "../util/handle.js";
import { checkWhole, MOST_MS, readOptions, refuseOption } from "../util/options.js";
import { warnOfRuntime } from "../util/runtime.js";
import { warn } from "../util/warn.js";
import { CALLS } from "./blocking-calls.js";
import { LEAST_MS, stallHooks } from "./stall-hooks.js";
import { startHelper } from "./start-probe-thread.js";
import { follow } from "./thread.js";

/** @import { WatchOptions } from "../inspect.js" */
/** @import { WatchSettings, Watchdog } from "../store/native/contract.js" */

const OPTIONS = ["thresholdMs", "stacks", "onStall", "maxPerMinute", "strict"];

/** @type {typeof import("../inspect.js").watch} */
export function watch(options) {
  const {
    thresholdMs = 1000,
    stacks = true,
    onStall,
    maxPerMinute = 60,
    strict = false,
  } = readOptions("watch()", options, OPTIONS);
  checkWhole("watch()", "thresholdMs", thresholdMs, LEAST_MS, MOST_MS);
  checkWhole("watch()", "maxPerMinute", maxPerMinute, 1, MOST_MS);
  if (typeof stacks !== "boolean") refuseOption("watch()", "stacks", stacks, "true or false");
  if (onStall !== undefined && typeof onStall !== "function") refuseOption("watch()", "onStall", onStall, "a function");
  if (typeof strict !== "boolean") refuseOption("watch()", "strict", strict, "true or false");
  const watchdog = nativePart("watchdog", "watch()", strict);
  if (watchdog === undefined) return inactiveWatch();
  warnOfRuntime();
  const settings = { thresholdMs, maxPerMinute, stacks, calls: CALLS };
  const start = () => startOn(watchdog, settings, onStall);
  const started = startUnlessRefused("watch()", strict, start);
  if (started === undefined) return inactiveWatch();
  let on = true;
  const end = () => {
    on = false;
    watchdog.watchStop();
    started.helper?.stop();
    follow();
  };
  return createHandle(end, {
    pause: () => void (on && watchdog.watchPause(true)),
    resume: () => void (on && watchdog.watchPause(false)),
  });
}

function inactiveWatch() {
  return inactiveHandle({ pause() {}, resume() {} });
}

/**
 * @param {Watchdog} watchdog
 * @param {WatchSettings} settings
 * @param {WatchOptions["onStall"]} onStall
 */
function startOn(watchdog, settings, onStall) {
  threadBlock();
  const start = () => watchdog.watchStart(settings, deliverTo(onStall));
  entry.runOutside(start);
  try {
    follow();
    return { helper: settings.stacks ? startHelper() : undefined };
  } catch (error) {
    watchdog.watchStop();
    throw error;
  }
}

/**
 * @param {WatchOptions["onStall"]} onStall
 * @returns {(line: string) => Promise<void>}
 */
function deliverTo(onStall) {
  return async (line) => {
    const report = JSON.parse(line);
    stallHooks.onReport?.(report);
    try {
      await onStall?.(report);
    } catch (error) {
      warn(`onStall of onescope's watch() failed: ${shown(error)}`);
    }
  };
}
