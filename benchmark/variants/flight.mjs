// One variant of flight.mjs, in a process of its own: contexts, with a recording on or not.

import { counters, record, runTask } from "../../js/inspect.js";
import { readTask, sendResult } from "../_util/child.mjs";
import { cpuTime } from "../_util/cpu.mjs";
import { temporaryFlights } from "../_util/temporary-flight.mjs";

const BATCH = 4096;
const IN_FLIGHT = 10_000;

const task = readTask();
if (task.variant === "on") record({ directory: temporaryFlights() });

const nothing = () => {};
const alone = () => {
  for (let n = 0; n < BATCH; n++) runTask("a job of a queue", nothing);
};

/** @type {Array<(value?: unknown) => void>} */
const ends = [];
const together = async () => {
  const all = Array.from({ length: IN_FLIGHT }, () =>
    runTask("a job of a queue", () => new Promise((resolve) => ends.push(resolve))),
  );
  for (const end of ends.splice(0)) end();
  await Promise.all(all);
};

const figures = {
  "a context": await cpuTime(alone, BATCH, task),
  "a context, 10,000 in flight": await cpuTime(together, IN_FLIGHT, task),
};
const { inFlight, abandoned } = counters();
sendResult({ figures, checks: { left: `${inFlight} ${abandoned}` } });
