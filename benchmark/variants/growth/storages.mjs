// One variant of growth.mjs with N storages in use, in a process of its own.

import { do_not_optimize } from "mitata";
import { readTask, sendResult } from "../../_util/child.mjs";
import { cpuTime } from "../../_util/cpu.mjs";
import { createStorages } from "../scopes/storages.mjs";

const task = readTask();
const { storages: count } = task;
const AWAITS = 16_384;
/** Fewer where a run takes longer. */
const RUNS = Math.ceil(32_768 / count);
const READS = 262_144;

const variant = task.variant === "onescope" ? "slots" : task.variant;
const { storages, nested, readAll } = await createStorages({ ...task, variant });

const nothing = () => {};
const other = { weight: 0 };
const last = storages[count - 1];

const awaits = nested(async () => {
  for (let i = 0; i < AWAITS; i++) await undefined;
});
const runs = nested(() => {
  for (let i = 0; i < RUNS; i++) last.run(other, nothing);
});
const reads = nested(() => {
  for (let i = 0; i < READS; i++) do_not_optimize(last.getStore());
});

const figures = {
  [`await with ${count} in use`]: await cpuTime(awaits, AWAITS, task),
  [`run with ${count} in use`]: await cpuTime(runs, RUNS, task),
  [`getStore() with ${count} in use`]: await cpuTime(reads, READS, task),
};
const afterAwait = await nested(async () => {
  await undefined;
  return readAll();
})();
sendResult({ figures, checks: { inside: nested(readAll)(), "after an await": afterAwait, outside: readAll() } });
