// One variant of context.mjs, in a process of its own.

import { AsyncResource } from "node:async_hooks";
import { readTask, sendResult } from "../_util/child.mjs";
import { bytesPer } from "../_util/heap.mjs";
import { time } from "../_util/timing.mjs";

const VARIANTS = {
  "vinext 0.0.26": () => import("./context/nested-scopes.mjs"),
  "vinext 0.0.31": () => import("./context/vinext-0-0-31.mjs"),
  "vinext 1.4.0": () => import("./context/vinext-1-4-0.mjs"),
  "onescope native": () => import("./context/onescope.mjs"),
  "onescope js": () => import("./context/onescope.mjs"),
};

const CONTEXTS = 20_000;
const QUICK_CONTEXTS = 1000;

const task = readTask();
const { variant, quick } = task;
const { createVariant } = await VARIANTS[variant]();
const { timed, kept, inFlight, readings } = createVariant(variant);

/** @type {import("../_util/child.mjs").Result["figures"]} */
const figures = {};

for (const { row, times, batch } of timed) figures[row] = await time(batch, times, task);

// After the times: objects that stay alive would have the compiler allocate their kind for long life from then on.
const count = quick ? QUICK_CONTEXTS : CONTEXTS;
for (const [row, make] of Object.entries(kept)) weigh(row, await bytesPer(make, count, quick));

// A resource holds the scope that it was made in, as a request's pending promises and sockets do. What a bare resource
// weighs is no variant's doing and is taken off.
const bare = await bytesPer(() => new AsyncResource("request"), count, quick);
const request = () => inFlight(() => new AsyncResource("request"));
weigh("bytes of a scope in flight", (await bytesPer(request, count, quick)) - bare);

/**
 * @param {string} row
 * @param {number} bytes
 */
function weigh(row, bytes) {
  figures[row] = { median: bytes, minimum: bytes };
}

sendResult({ figures, checks: readings() });
