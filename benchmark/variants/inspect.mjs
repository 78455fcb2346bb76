// One variant of inspect.mjs, in a process of its own: what a request costs that is seen from outside, as Node reports it.

import { SlotStorage } from "../../js/index.js";
import { getOrCreateAls } from "../../shims/internal/als-registry.js";
import { createRequestContext, runWithRequestContext } from "../../shims/unified-request-context.js";
import { readTask, sendResult } from "../_util/child.mjs";
import { time, turn } from "../_util/timing.mjs";
import { call } from "./inspect/outgoing.mjs";
import { handle } from "./inspect/request.mjs";

/** No more than `trackLeaks()` follows in a burst. */
const BATCH = 1000;
const ROUTES = Array.from({ length: 50 }, (_, index) => `/blog/[slug]/part-${index}`);

const task = readTask();
const { trackLeaks, trackRequests, watch } = await import("../../js/inspect.js");
const { currentContext } = await import("../../js/tracking/current-context.js");
/** @type {{ stop(): void } | undefined} */
let following;
const newBurst = () => {
  if (task.variant === "off") return;
  // Asked for anew, it follows a whole burst again.
  following?.stop();
  following = trackLeaks();
};
if (task.variant === "on") {
  trackRequests();
  watch();
}
newBurst();

const tracing = getOrCreateAls("vinext.requestTracing.als");
const first = new SlotStorage();
const server = {};
const nothing = () => {};

/** @param {any} request as vinext's listener takes it, which enters a storage of its own before anything is read from it */
const asVinext = (request) =>
  first.run(server, () =>
    tracing.run({ recordError() {}, setRoute() {} }, () => {
      const context = createRequestContext({ requestSignal: null });
      return runWithRequestContext(context, () => {
        tracing.getStore()?.setRoute(ROUTES[request.url.length % ROUTES.length], false);
        return context;
      });
    }),
  );

/** @type {import("../_util/child.mjs").Result["figures"]} */
const figures = {};

/**
 * @param {string} row
 * @param {(request: any) => unknown} listener
 * @param {() => void} prepare
 */
async function measure(row, listener, prepare) {
  const batch = async () => {
    for (let index = 0; index < BATCH; index++) handle(index, listener);
    // Requests close in the turn after their response.
    await turn();
  };
  figures[row] = await time(batch, BATCH, task, prepare);
}

await measure("a request", nothing, nothing);
await measure("a request in a burst", nothing, newBurst);
await measure("a request of vinext", asVinext, nothing);

/** Calls of a request. */
const CALLS = 20;

const calls = async () => {
  for (let index = 0; index < BATCH; index += CALLS) {
    handle(index, () => {
      for (let each = 0; each < CALLS; each++) call(each);
    });
  }
  await turn();
};
figures["an outgoing call"] = await time(calls, BATCH, task);

sendResult({ figures, checks: { outside: String(currentContext()) } });
