// What a thread does once it is attached to the store, which knows no feature.

import { entry } from "../async-context/entry.js";
import { hooks } from "../store/hooks.js";
import { warn } from "../util/warn.js";
import "./traced.js";

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
