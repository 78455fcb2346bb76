// A program whose clock starts before its readings turn negative, or before they wrap, and that has its work before and after;
// for clock-wrap.spec.mjs. Its argument: `{ base, at, flights }`, both readings, `at` the one at which something changes.

import { setTimeout as sleep } from "node:timers/promises";
import { store } from "../../js/index.js";
import { histograms, inFlight, leaks, record, releaseOnClose, runTask, trackLeaks, watch } from "../../js/inspect.js";
import { backend } from "../../js/store/backend.js";
import { threadBlock } from "../../js/store/records.js";
import {
  closeAfterResponse,
  createRequestContext,
  runWithRequestContext,
} from "../../shims/unified-request-context.js";
import { afterCollection, until } from "./wait.mjs";

const { base, at, flights } = JSON.parse(process.argv[2]);
const isNative = store.reasons.length === 0;
const found = {};

/** ms since the change, negative before it */
const since = () => (threadBlock()[0] - at) | 0;

function open(label) {
  const context = createRequestContext();
  runWithRequestContext(context, () => {});
  store.setLabel(store.id(context), label);
  return context;
}

backend.selftestClock(base);
found.started = since();
const recording = isNative ? record({ directory: flights }) : undefined;
trackLeaks();
// More than a page of them, which goes with them.
for (let n = 0; n < 600; n++) open("dropped");
const across = open("across");
const held = open("held");
held.rootParams = { id: "1" };
releaseOnClose();
await closeAfterResponse(held);
const finish = Promise.withResolvers();
const job = runTask("job", () => finish.promise);
const reports = [];
if (isNative) {
  watch({ thresholdMs: 100, stacks: false, onStall: (report) => reports.push(report) });
  await sleep(150);
  runTask("blocks", () => {
    const end = Date.now() + Math.max(600, 400 - since());
    while (Date.now() < end);
  });
  found.stalls = await until(
    () => reports,
    (list) => list.some(({ onescope }) => onescope === "recovered"),
  );
}
await until(since, (ms) => ms > 100);
finish.resolve();
await job;
for (let n = 0; n < 500; n++) runTask("after", () => {});
await until(since, (ms) => ms > 1000);
for (let n = 0; n < 450; n++) runTask("after", () => {});
const { skipped } = leaks();
found.skipped = skipped;
found.released = held.rootParams === null;
found.inFlight = inFlight({ label: "across" }).map(({ label, ageMs, idleMs }) => ({ label, ageMs, idleMs }));
const { held: kept } = await afterCollection(
  () => leaks(),
  ({ held }) => held.some(({ label }) => label === "held"),
);
found.held = kept.filter(({ label }) => label === "held");
found.neverClosed = leaks({ idleMs: 500 }).neverClosed;
found.histograms = isNative ? histograms() : [];
found.kept = [across, held].length;
console.log(JSON.stringify(found));
await sleep(300);
if (recording !== undefined) process.kill(process.pid, "SIGKILL");
process.exit();
