// `@sentry/node-native-stacktrace` instead of onescope, used as its README shows: threads register with a storage and poll;
// a worker thread captures the stacks when one was not seen for the threshold, and prints it as onescope would.

import { AsyncLocalStorage } from "node:async_hooks";
import { writeSync } from "node:fs";
import { createRequire } from "node:module";
import { isMainThread, Worker, workerData } from "node:worker_threads";

const require = createRequire(new URL("../../../benchmark/package.json", import.meta.url));
const { captureStackTrace, getThreadsLastSeen, registerThread, threadPoll } = require("@sentry/node-native-stacktrace");

const storage = new AsyncLocalStorage();

/** Takes part in the watch, with the name "app". */
export function register() {
  registerThread({ asyncLocalStorage: storage }, "app");
  setInterval(() => threadPoll(), 50).unref();
}

/**
 * @template R
 * @param {object} state
 * @param {() => R} fn
 */
export const run = (state, fn) => storage.run(state, fn);

/** @param {number} thresholdMs */
export function startWatchdog(thresholdMs) {
  new Worker(new URL(import.meta.url), { workerData: { thresholdMs } }).unref();
}

if (!isMainThread && workerData?.place === undefined) {
  let reported = false;
  setInterval(() => {
    const blockedMs = getThreadsLastSeen().app ?? 0;
    if (blockedMs < workerData.thresholdMs) reported = false;
    else if (!reported) {
      reported = true;
      const started = Date.now();
      const { frames = [], asyncState } = captureStackTrace().app ?? {};
      const report = { peer: "stall", blockedMs: blockedMs + Date.now() - started, id: asyncState?.id ?? null };
      writeSync(2, `${JSON.stringify({ ...report, stack: frames.length })}\n`);
    }
  }, 25);
}
