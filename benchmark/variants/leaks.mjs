// One variant of leaks.mjs, in a process of its own.

import { releaseOnClose, trackLeaks } from "../../js/inspect.js";
import {
  closeAfterResponse,
  createRequestContext,
  getRequestContext,
  runWithRequestContext,
  runWithUnifiedStateMutation,
} from "../../shims/unified-request-context.js";
import { readTask, sendResult } from "../_util/child.mjs";
import { cpuTime } from "../_util/cpu.mjs";
import { turn } from "../_util/timing.mjs";
import { appOptions } from "./context/request.mjs";

/** Requests in a batch; the smaller one is within a burst that is followed whole. */
const FLOOD = 4096;
const WITHIN = 1008;
/** Requests that a turn of a busy server closes. */
const IN_A_TURN = 16;

const task = readTask();
const tracks = task.variant === "trackLeaks" || task.variant === "both";
if (task.variant === "releaseOnClose" || task.variant === "both") releaseOnClose();

const enter = () => runWithUnifiedStateMutation(() => {}, getRequestContext);

function request() {
  // Each has a host's context of its own, as on vinext's server.
  const context = createRequestContext({ ...appOptions(), executionContext: { waitUntil() {} } });
  runWithRequestContext(context, enter);
  void closeAfterResponse(context);
}

/** @param {number} count */
async function batch(count) {
  for (let done = 0; done < count; done += IN_A_TURN) {
    for (let i = 0; i < IN_A_TURN; i++) request();
    await turn();
  }
}

let tracking = tracks ? trackLeaks() : undefined;
const flood = await cpuTime(() => batch(FLOOD), FLOOD, task);
const renewed = () => {
  // Asked for anew, the sampling budget is whole again.
  tracking?.stop();
  tracking = tracks ? trackLeaks() : undefined;
  return batch(WITHIN);
};
const within = await cpuTime(renewed, WITHIN, task);

sendResult({ figures: { "a request in a flood": flood, "a request within the sampling budget": within }, checks: {} });
