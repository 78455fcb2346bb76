import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { cut } from "../text.js";
import { FetchError, fetchSnapshot } from "./fetch.js";
import { Screen } from "./screen.js";
import { problemLine, view } from "./view.js";

/** @import { Server, Snapshot } from "./fetch.js" */

const SIGNALS = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);

/** The last is Ctrl-C, which is a key like others while the terminal gives every key. */
const QUIT = ["q", "Q", "\x03"];

/** Show slow requests instead of those in flight, and the other way round. */
const SLOW = ["s", "S"];

/**
 * Shows snapshots in the terminal, until the user presses q or Ctrl-C. With s the user chooses what is shown.
 *
 * @param {Server} server
 * @param {number} intervalMs
 * @returns {Promise<number>} exit code
 */
export async function live(server, intervalMs) {
  const { stdin, stdout } = process;
  const ended = new AbortController();
  let code = 0;
  const onSignal = (/** @type {typeof SIGNALS[number]} */ signal) => {
    if (signal !== "SIGINT") code = 128 + constants.signals[signal];
    ended.abort();
  };
  let pressed = new AbortController();
  const onKeys = (/** @type {Buffer} */ keys) => {
    for (const key of keys.toString()) {
      if (QUIT.includes(key)) ended.abort();
      if (!SLOW.includes(key)) continue;
      server.slow = !server.slow;
      pressed.abort();
    }
  };

  const screen = new Screen(stdout);
  /** @type {Snapshot | undefined} */
  let snapshot;
  /** @type {string | undefined} */
  let problem = "connecting …";
  const draw = () => {
    const { width, height } = screen.size;
    if (snapshot !== undefined) screen.draw(view(snapshot, { url: server.url, width, height, problem }));
    else screen.draw([problemLine(cut(problem ?? "", width))]);
  };

  for (const signal of SIGNALS) process.on(signal, onSignal);
  stdout.on("resize", draw);
  if (stdin.isTTY) stdin.setRawMode(true).on("data", onKeys);
  try {
    draw();
    while (!ended.signal.aborted) {
      try {
        snapshot = await fetchSnapshot(server, ended.signal);
        problem = undefined;
      } catch (error) {
        if (ended.signal.aborted) break;
        if (!(error instanceof FetchError) || error.final) throw error;
        problem = `${error.message}; retrying`;
      }
      draw();
      pressed = new AbortController();
      const signal = AbortSignal.any([ended.signal, pressed.signal]);
      await sleep(intervalMs, undefined, { signal }).catch(() => {});
    }
    return code;
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    screen.close();
    console.error(`onescope top: ${error.message}`);
    return 1;
  } finally {
    screen.close();
    stdout.off("resize", draw);
    for (const signal of SIGNALS) process.off(signal, onSignal);
    if (stdin.isTTY) stdin.off("data", onKeys).setRawMode(false).pause();
  }
}
