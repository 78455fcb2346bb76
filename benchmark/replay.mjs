// The context operations of recorded requests, replayed: vinext 1.4.0 against onescope.

import { readdirSync } from "node:fs";
import { describeMachine } from "./_util/machine.mjs";
import { main } from "./_util/main.mjs";
import { readOptions } from "./_util/options.mjs";
import { measureVariants } from "./_util/repetitions.mjs";
import { report } from "./_util/report.mjs";

const NAME = "replay";
const TITLE = "What a request's context operations cost: vinext against onescope";
const REFERENCE = "vinext 1.4.0";

const script = "variants/replay.mjs";
const variants = [
  { name: REFERENCE, script },
  { name: "plugin", script },
  { name: "both", script, flags: ["--import", "../js/register.js"] },
  { name: "harness", script },
];
/** It operates on nothing, so it reads nothing. */
const partial = ["harness"];

const recordings = readdirSync(new URL("recordings", import.meta.url))
  .filter((file) => file.endsWith(".json"))
  .map((file) => ({ recording: file.slice(0, -".json".length) }));

const NOTES = `Nanoseconds of processor time per request: median (minimum) ×ratio of medians to \`${REFERENCE}\` (×ratio of minima). \`plugin\` is onescope in the
place of vinext's modules, \`both\` the same under \`onescope/register\`; \`harness\` is the replay without any operation, and
is part of every other figure. Written by \`node replay.mjs --write\`; README.md says how it is measured.`;

await main(async () => {
  const options = readOptions(NAME, `${TITLE}.`);
  const machine = describeMachine(options, ["mitata", "vinext-1-4-0"]);
  const rows = await measureVariants({ options, variants, reference: REFERENCE, partial, tasks: recordings });
  const names = variants.map(({ name }) => name);
  const reported = {
    name: NAME,
    title: TITLE,
    notes: NOTES,
    options,
    machine,
    variants: names,
    reference: REFERENCE,
    rows,
  };
  report({ ...reported, minima: true });
});
