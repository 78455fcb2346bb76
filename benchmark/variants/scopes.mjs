// One variant of scopes.mjs with N storages, in a process of its own.

import { do_not_optimize } from "mitata";
import { readTask, sendResult } from "../_util/child.mjs";
import { time } from "../_util/timing.mjs";
import { createStorages } from "./scopes/storages.mjs";

const task = readTask();
const count = task.storages;
const { Storage, storages, nested, readAll } = await createStorages(task);

const nothing = () => {};
const enterAll = nested(nothing);
const { resume, bound } = nested(() => ({ resume: Storage.snapshot(), bound: Storage.bind(nothing) }))();

// Each operation has a loop of its own: one loop for all of them would call through a function that the compiler cannot
// inline once it has seen several.

const ENTRIES = Math.ceil(2048 / count);
const READS = 4096;
const AWAITS = 1024;
const CAPTURES = 1024;
const CALLS = 4096;

/** @type {Array<{ row: string, times: number, batch: () => unknown }>} */
const operations = [
  {
    row: `enter ${count} nested`,
    times: ENTRIES,
    batch: () => {
      for (let i = 0; i < ENTRIES; i++) enterAll();
    },
  },
  {
    row: `getStore() inside ${count}`,
    times: READS,
    batch: nested(() => {
      for (let i = 0; i < READS; i++) do_not_optimize(storages[0].getStore());
    }),
  },
  {
    row: `await with ${count} in use`,
    times: AWAITS,
    batch: nested(async () => {
      for (let i = 0; i < AWAITS; i++) await undefined;
    }),
  },
  {
    row: `snapshot() inside ${count}`,
    times: CAPTURES,
    batch: nested(() => {
      for (let i = 0; i < CAPTURES; i++) do_not_optimize(Storage.snapshot());
    }),
  },
  {
    row: `call of a snapshot of ${count}`,
    times: CALLS,
    batch: () => {
      for (let i = 0; i < CALLS; i++) resume(nothing);
    },
  },
  {
    row: `bind(fn) inside ${count}`,
    times: CAPTURES,
    batch: nested(() => {
      for (let i = 0; i < CAPTURES; i++) do_not_optimize(Storage.bind(nothing));
    }),
  },
  {
    row: `call of a function bound in ${count}`,
    times: CALLS,
    batch: () => {
      for (let i = 0; i < CALLS; i++) bound();
    },
  },
];

/** What the operations lead to. Read after the measurements, so that the compiler does not learn from it. */
async function readings() {
  const captures = nested(() => ({ resume: Storage.snapshot(), bound: Storage.bind(readAll) }))();
  const afterAwaits = nested(async () => {
    await undefined;
    await turned();
    return readAll();
  });
  return {
    inside: nested(readAll)(),
    "inside, after awaits": await afterAwaits(),
    "in a snapshot": captures.resume(readAll),
    "in a bound function": captures.bound(),
    "in a snapshot, called inside": nested(() => captures.resume(readAll))(),
    "after a snapshot, inside": nested(() => {
      captures.resume(nothing);
      return readAll();
    })(),
    outside: readAll(),
  };
}

function turned() {
  return new Promise((resolve) => setTimeout(resolve));
}

/** @type {import("../_util/child.mjs").Result["figures"]} */
const figures = {};
for (const { row, times, batch } of operations) figures[row] = await time(batch, times, task);
sendResult({ figures, checks: await readings() });
