// One variant of headers.mjs, in a process of its own.

import { readTask, sendResult } from "../_util/child.mjs";
import { cpuTime } from "../_util/cpu.mjs";
import { requestApis } from "./headers/request-apis.mjs";

const VARIANTS = {
  "vinext 1.4.0": () => import("./headers/vinext-1-4-0.mjs"),
  "onescope native": () => import("./headers/onescope.mjs"),
  "onescope js": () => import("./headers/onescope.mjs"),
};

const task = readTask();
const { load } = await VARIANTS[task.variant]();
const { timed, readings } = requestApis(load(task.variant));

/** @type {import("../_util/child.mjs").Result["figures"]} */
const figures = {};
for (const { row, times, batch, prepare } of timed) figures[row] = await cpuTime(batch, times, task, prepare);

sendResult({ figures, checks: await readings() });
