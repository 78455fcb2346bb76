// One variant of growth.mjs: the bytes that a live context takes, in a process of its own for each kind: what the resident memory
// grew by for one kind would be there for the next.

import { readTask, sendResult } from "../../_util/child.mjs";
import { turn } from "../../_util/timing.mjs";
import { appOptions } from "../context/request.mjs";

const PER_TURN = 4096;

const task = readTask();
const { variant, count, kind } = task;
const { createRequestContext, runWithRequestContext, runWithUnifiedStateMutation } = await (variant === "onescope"
  ? import("../../../shims/unified-request-context.js")
  : import("vinext-1-4-0/shims/unified-request-context"));

const nothing = () => {};
const KINDS = {
  created: () => createRequestContext(appOptions()),
  entered: () => {
    const context = createRequestContext(appOptions());
    runWithRequestContext(context, nothing);
    return context;
  },
  "entered, with a child": () => {
    const context = createRequestContext(appOptions());
    /** @type {unknown} */
    let child;
    runWithRequestContext(context, () =>
      runWithUnifiedStateMutation((made) => {
        child = made;
      }, nothing),
    );
    return [context, child];
  },
};
const make = KINDS[/** @type {keyof typeof KINDS} */ (kind)];

/** @returns {Promise<{ objects: number, resident: number }>} */
async function used() {
  for (let n = 0; n < 2; n++) {
    globalThis.gc();
    await turn();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { objects: heapUsed + external, resident: rss };
}

/** @param {number} length */
async function keep(length) {
  const kept = new Array(length).fill(undefined);
  for (let i = 0; i < length; i++) {
    kept[i] = make();
    if (i % PER_TURN === 0) await turn();
  }
  return kept;
}

// Unmeasured: the first also allocate code, feedback and pages.
await keep(PER_TURN);
const before = await used();
const kept = await keep(count);
const after = await used();

/** @param {keyof typeof before} what */
const each = (what) => {
  const bytes = (after[what] - before[what]) / kept.length;
  return { median: bytes, minimum: bytes };
};
sendResult({
  figures: {
    [`bytes of a context, ${kind}`]: each("objects"),
    [`resident bytes of a context, ${kind}`]: each("resident"),
  },
  checks: { kept: String(kept.filter((context) => context !== undefined).length) },
});
