// One side of headers.mjs, in a process of its own.

import { answer, readTask } from "../_util/child.mjs";
import { cpuTime } from "../_util/cpu.mjs";
import { requestApis } from "./headers/request-apis.mjs";

const SIDES = {
  "vinext 1.4.0": () => import("./headers/vinext-1-4-0.mjs"),
  "onescope native": () => import("./headers/onescope.mjs"),
  "onescope js": () => import("./headers/onescope.mjs"),
};

const task = readTask();
const { load } = await SIDES[task.side]();
const { timed, readings } = requestApis(load(task.side));

/** @type {import("../_util/child.mjs").Answer["figures"]} */
const figures = {};
for (const { row, times, batch, prepare } of timed) figures[row] = await cpuTime(batch, times, task, prepare);

answer({ figures, checks: await readings() });
