import "../process/attached.js";
import { serve } from "../diagnostics/serve.js";
import { isRegistered } from "../ps/register.js";
import { record } from "../recorder/record.js";
import { backend } from "../store/backend.js";
import { trackRequests } from "../tracking/track-requests.js";
import { say } from "../util/say.js";
import { watch } from "../watchdog/watch.js";
import { attempt } from "./attempt.js";
import { readSettings } from "./settings.js";
import { yieldPort } from "./yield-port.js";

const { problems, ...settings } = readSettings();

/** Starts what each thread has. */
export function startThread() {
  const { track } = settings;
  if (track) attempt("trackRequests()", () => trackRequests(track));
}

/** Starts what a process has once, unless the program has started it itself. */
export function startProcess() {
  for (const problem of problems) say(problem);
  const { watch: watched, record: recorded, serve: served } = settings;
  if (watched && !backend.watchdog?.watching()) attempt("watch()", () => watch(watched));
  if (recorded && !backend.recorder?.recording()) attempt("record()", () => record(recorded));
  if (served && !isRegistered("server")) attempt("serve()", () => yieldPort(serve(served), served));
}
