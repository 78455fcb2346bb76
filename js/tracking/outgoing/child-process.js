import { basename } from "node:path";
import { nextTick } from "../../util/timers.js";
import { begin, end, name } from "./work.js";

/** @import { ChildProcess } from "node:child_process" */

// Child processes, until their output has ended.

/** @param {{ process: ChildProcess }} message */
function onProcess({ process }) {
  const work = begin();
  if (work === undefined) return;
  name(work, "exec");
  process.on("close", () => end(work));
  // The file is known once it is started, which is in this turn.
  nextTick(() => name(work, `exec ${basename(process.spawnfile ?? "")}`));
}

/** By name of Node's channel. */
export const begins = { child_process: onProcess };
