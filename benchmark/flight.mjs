// What recording costs: a context that is made and closed, and whole servers that record or not.

import { describeMachine } from "./_util/machine.mjs";
import { main } from "./_util/main.mjs";
import { readOptions } from "./_util/options.mjs";
import { measureVariants } from "./_util/repetitions.mjs";
import { report } from "./_util/report.mjs";
import { BARE, PAGE, ROUTE } from "./_util/server.mjs";
import { measureServer } from "./_util/server-repetitions.mjs";

const NAME = "flight";
const TITLE = "What it costs to record";
const REFERENCE = "off";

const script = "variants/flight.mjs";
const variants = [
  { name: REFERENCE, script },
  { name: "on", script },
];

const PAIRS = 12;
const variantsOf = { off: "tracked", on: "recorded", pairs: PAIRS };
/** @type {import("./_util/server-repetitions.mjs").Target[]} */
const targets = [
  { ...BARE, row: "CPU of a bare node:http request", ...variantsOf, requests: 10_000 },
  { ...ROUTE, row: "CPU of the example's route handler", ...variantsOf, requests: 400 },
  { ...PAGE, row: "CPU of the example's page", ...variantsOf, requests: 100 },
];

const NOTES = `Nanoseconds: median (minimum) ×ratio to \`${REFERENCE}\`. \`on\`: \`record()\` of \`onescope/inspect\`, into a file in the
folder for temporary files; requests are tracked on both variants. "A context" is made, entered and closed by \`runTask()\` in a loop:
processor time of all threads. "In flight" holds 10,000 contexts at a time. The rows of CPU are the processor time that a server
process needs for a request over keep-alive connections, all threads and garbage collection included: one process, which
records and does not, alternating, ${PAIRS} pairs of batches a repetition; its ratio is the median of all pairs, with the interval that
holds the true one in 95 of 100 such runs. Written by \`node flight.mjs --write\`; README.md says how it is measured.`;

await main(async () => {
  const options = readOptions(NAME, `${TITLE}.`);
  const machine = describeMachine(options, ["mitata"]);
  const loops = await measureVariants({ options, variants, reference: REFERENCE, partial: [], tasks: [{}] });
  const servers = await measureServer(options, targets);
  const names = variants.map(({ name }) => name);
  const rows = [...loops, ...servers];
  report({ name: NAME, title: TITLE, notes: NOTES, options, machine, variants: names, reference: REFERENCE, rows });
});
