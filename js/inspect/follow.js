import { createRequire } from "node:module";
import { backend } from "../backend.js";
import { threadBlock, threadNumber } from "../context/cells.js";
import { LAYOUT } from "../generated/slot-table.js";
import { ways } from "../scope/ways.js";
import { shared } from "../shared.js";
import { publishAnswer, withdrawAnswer } from "./answer.js";
import { stampCalls } from "./stamps.js";

// The part that each JavaScript thread takes in the watch of the process: it beats, and stamps the calls that block it.

const require = createRequire(import.meta.url);

/** Between two beats. What the watchdog sees as the start of a stall is early by at most this. */
const BEAT_MS = 50;

const { beat: BEAT, clock: CLOCK, paused: PAUSED } = LAYOUT.block;

const state = shared("watch", () => ({
  timer: /** @type {NodeJS.Timeout | undefined} */ (undefined),
}));

/** Takes part while a watch is on, and leaves when it is not. */
export function follow() {
  const watched = backend.watchdog?.watching() === true;
  if (watched === (state.timer !== undefined)) return;
  const block = threadBlock();
  // `threadBlock()` may have come here by itself.
  if (watched === (state.timer !== undefined)) return;
  stampCalls(watched, block);
  if (watched) {
    publishAnswer(threadNumber(), block);
    state.timer = startBeat(block);
  } else {
    clearInterval(state.timer);
    state.timer = undefined;
    block[BEAT] = 0;
    withdrawAnswer();
  }
}

/**
 * The first beat comes from the event loop: a thread that still loads its modules has not started. The timer starts
 * outside every scope, lest it hold on to a request.
 *
 * @param {import("../native/contract.js").Block} block
 */
function startBeat(block) {
  const inspector = process.features.inspector ? require("node:inspector") : undefined;
  const beat = () => {
    // Whoever steps through the program stops it for as long as he likes. Only the main thread knows the url.
    block[PAUSED] = inspector?.url() === undefined ? 0 : 1;
    block[BEAT] = block[CLOCK];
  };
  return ways.resume({ scope: undefined }, () => setInterval(beat, BEAT_MS).unref(), null, []);
}
