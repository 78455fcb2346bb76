import { setTimeout as sleep } from "node:timers/promises";
import { escapeJson } from "../../util/safe-text.js";
import { FetchError, fetchSnapshot } from "./fetch.js";
import { view } from "./view.js";

/** @import { Server, Snapshot } from "./fetch.js" */

/** Plain text is not cut. */
const ROOM = { width: Number.POSITIVE_INFINITY, height: Number.POSITIVE_INFINITY };

/**
 * Prints a snapshot: once, or at each interval until the process ends or its output closes.
 *
 * @param {Server} server
 * @param {{ intervalMs: number | undefined, json: boolean }} options
 * @returns {Promise<number>} exit code
 */
export async function plain(server, { intervalMs, json }) {
  process.stdout.on("error", (error) => {
    // As in `onescope top | head`.
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EPIPE") process.exit(0);
    throw error;
  });
  for (let first = true; ; first = false) {
    try {
      const snapshot = await fetchSnapshot(server);
      if (json) console.log(escapeJson(JSON.stringify(snapshot, null, intervalMs === undefined ? 2 : 0)));
      else console.log((first ? "" : "\n") + text(snapshot, server.url));
      if (intervalMs === undefined) return 0;
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      console.error(`onescope top: ${error.message}`);
      if (intervalMs === undefined || error.final) return 1;
    }
    await sleep(intervalMs);
  }
}

/**
 * @param {Snapshot} snapshot
 * @param {URL} url
 */
function text(snapshot, url) {
  return view(snapshot, { ...ROOM, url })
    .map((line) => line.text.trimEnd())
    .join("\n");
}
