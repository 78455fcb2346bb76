// When a thread attaches to the store that makes no context. What that needs is loaded only then: most processes that load
// onescope/register first never get there before they load onescope itself.

import { entry } from "../async-context/entry.js";
import { shared } from "../util/shared.js";
import { setTimeout } from "../util/timers.js";
import { warn } from "../util/warn.js";

/** Node marks what a worker cannot do. Its `isMainThread` is in a module that takes 2 MB and some milliseconds to load. */
export const isWorker = "disabled" in process.chdir;

/**
 * Attaches this thread to the store once its event loop turns, so that a watch, a recording or a diagnostics server of the
 * process includes a thread that makes no context. It keeps no thread alive. The JavaScript backend has no watch, recording or
 * server.
 */
export function attachSoon() {
  shared("attach", () => {
    const attach = async () => {
      try {
        const [{ backend }, { threadBlock }] = await Promise.all([
          import("../store/backend.js"),
          import("../store/records.js"),
          import("./attached.js"),
        ]);
        if (backend.watchdog !== undefined) threadBlock();
      } catch (error) {
        warn(
          `onescope failed to attach this thread, which watch(), record() and serve() therefore leave out: ${error}`,
        );
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
