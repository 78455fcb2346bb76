// One variant of replay.mjs with one recording, in a process of its own.

import { readFileSync } from "node:fs";
import { readTask, sendResult } from "../_util/child.mjs";
import { cpuTime } from "../_util/cpu.mjs";
import { compile, link } from "./replay/compile.mjs";
import { createRuntime } from "./replay/runtime.mjs";

const task = readTask();
const { variant, recording: name } = task;
const recording = JSON.parse(readFileSync(new URL(`../recordings/${name}.json`, import.meta.url), "utf8"));
const runtime = await createRuntime(variant, recording);

/** Requests in a batch, between two turns of the event loop: so many that each batch pays for its garbage. */
const REQUESTS = task.quick ? 8 : 256;

const ROWS = /** @type {const} */ ({
  sync: "operations alone",
  awaits: "with the awaits between them",
  promises: "with every promise",
});

/** @type {import("../_util/child.mjs").Result["figures"]} */
const figures = {};
/** @type {Record<string, string>} */
const checks = {};

for (const [extent, title] of Object.entries(ROWS)) {
  const compiled = compile(recording, /** @type {keyof typeof ROWS} */ (extent));
  const replay = link(compiled, runtime);
  const batch =
    extent === "sync"
      ? () => {
          for (let i = 0; i < REQUESTS; i++) replay();
        }
      : async () => {
          for (let i = 0; i < REQUESTS; i++) await replay();
        };
  const row = `${name}, ${title}`;
  if (variant !== "harness") {
    const { lookups, read } = await replay();
    if (lookups !== compiled.expected) throw new Error(`${row}: looked up ${lookups}, recorded ${compiled.expected}`);
    checks[row] = `${lookups} ${read}`;
  }
  figures[row] = await cpuTime(batch, REQUESTS, task);
}

sendResult({ figures, checks });
