// One variant of growth.mjs with N other requests alive, in a process of its own; or with as many objects, which the collector has
// to visit as well.

import { counters, inFlight, runTask, trackRequests } from "../../../js/inspect.js";
import {
  closeAfterResponse,
  createRequestContext,
  runWithRequestContext,
} from "../../../shims/unified-request-context.js";
import { readTask, sendResult } from "../../_util/child.mjs";
import { cpuTime } from "../../_util/cpu.mjs";
import { turn } from "../../_util/timing.mjs";
import { appOptions } from "../context/request.mjs";
import { handle } from "../inspect/request.mjs";

const BATCH = 2048;
/** Requests that a turn of a busy server closes. */
const IN_A_TURN = 16;
const LISTED = 100;
/** Calls in a batch: Node tells processor time in microseconds. */
const CALLS = 20;

const task = readTask();
const { variant, live } = task;
const nothing = () => {};

trackRequests();
const kept = Array.from({ length: live }, variant === "onescope" ? openRequest : anObject);

function openRequest() {
  const context = createRequestContext(appOptions());
  runWithRequestContext(context, nothing);
  return context;
}

/** @param {unknown} _ @param {number} index */
function anObject(_, index) {
  return { ...appOptions(), label: `request ${index}` };
}

/** @param {(index: number) => void} request */
const batchOf = (request) => async () => {
  for (let done = 0; done < BATCH; done++) {
    request(done);
    if (done % IN_A_TURN === IN_A_TURN - 1) await turn();
  }
};
const requests = {
  "a request context": () => void closeAfterResponse(openRequest()),
  "a runTask()": () => runTask("a job of a queue", nothing),
  "a tracked request": (/** @type {number} */ index) => handle(index, nothing),
};
const calls = { "inFlight({ limit: 100 })": () => inFlight({ limit: LISTED }), "counters()": counters };

/** @type {import("../../_util/child.mjs").Result["figures"]} */
const figures = {};
for (const [name, request] of Object.entries(requests))
  figures[`${name}, ${live} alive`] = await cpuTime(batchOf(request), BATCH, task);
for (const [name, call] of Object.entries(calls)) {
  const batch = () => {
    for (let n = 0; n < CALLS; n++) call();
  };
  figures[`${name}, ${live} alive`] = await cpuTime(batch, CALLS, task);
}

await turn();
const own = variant === "onescope" ? live : 0;
sendResult({ figures, checks: { left: String(counters().inFlight - own), kept: String(kept.length) } });
