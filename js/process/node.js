// Composes the store with the features, as src/process.rs does: the store knows none of them. In Workers, package.json's
// condition `workerd` loads js/store/host/workerd.js instead.

import { entry } from "../async-context/entry.js";
import { hooks } from "../store/hooks.js";
import { shared } from "../util/shared.js";
import { setTimeout } from "../util/timers.js";
import { warn } from "../util/warn.js";
import "./traced.js";

/** Node marks what a worker cannot do. Its `isMainThread` is in a module that takes 2 MB and some milliseconds to load. */
export const isWorker = "disabled" in process.chdir;

let warned = false;

/** @param {unknown} error */
function failed(error) {
  if (warned) return;
  warned = true;
  warn(`onescope failed to include this thread in watch(), record() and serve(): ${error}`);
}

// An attached thread takes part in the watch and the recording of the process, and writes the heartbeat that its diagnostics
// server reads, now and whenever one of them starts. What that needs is loaded only then. All of it runs outside every scope:
// otherwise it keeps in memory the request in which the thread was attached.
hooks.attached = ({ watchdog, recorder }) => {
  if (watchdog === undefined || recorder === undefined) return;
  // Caught: an unhandled rejection would end the process.
  const follow = () => void import("../watchdog/thread.js").then((module) => module.follow()).catch(failed);
  const start = () => {
    watchdog.follow(follow);
    if (watchdog.heartbeats() || recorder.recording()) follow();
  };
  entry.runOutside(start);
};

/**
 * Attaches this thread to the store once its event loop turns, so that a watch, a recording or a diagnostics server of the
 * process includes a thread that makes no context. What that needs is loaded only then, and it keeps no thread alive. The
 * JavaScript backend has no watch, recording or server.
 */
export function attachSoon() {
  shared("attach", () => {
    const attach = async () => {
      try {
        const [{ backend }, { threadBlock }] = await Promise.all([
          import("../store/backend.js"),
          import("../store/records.js"),
        ]);
        if (backend.watchdog !== undefined) threadBlock();
      } catch (error) {
        failed(error);
      }
    };
    // Not an immediate: one that keeps no thread alive does not wake an idle event loop.
    entry.runOutside(() => setTimeout(attach, 1).unref());
    return true;
  });
}

/**
 * Attaches a worker soon, and the main thread once it starts a worker. Until then only the main thread itself can start a
 * watch, a recording or a server, which attaches it; so a process that does not pays for none of it.
 */
export function attachIfShared() {
  if (isWorker) attachSoon();
  else process.once("worker", attachSoon);
}
