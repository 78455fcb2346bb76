// What it costs to see requests from outside: a request as Node tells of it, made, labelled and closed; and whole servers
// with everything on and with nothing.

import { describeMachine } from "./_util/machine.mjs";
import { main } from "./_util/main.mjs";
import { readOptions } from "./_util/options.mjs";
import { report } from "./_util/report.mjs";
import { measureRounds } from "./_util/rounds.mjs";
import { BARE, measureServer, PAGE, ROUTE, SETTLE } from "./_util/server-rounds.mjs";

const NAME = "inspect";
const TITLE = "What it costs to see requests from outside";
const REFERENCE = "off";

const script = "sides/inspect.mjs";
const sides = [
  { name: REFERENCE, script },
  { name: "on", script },
];

/** @satisfies {import("./_util/server-rounds.mjs").Target[]} */
const targets = [
  { ...BARE, row: "CPU of a bare node:http request", off: "nothing", on: "seen", pairs: 20, settle: SETTLE },
  { ...BARE, row: "the same, of tracking alone", off: "untold", on: "seen", requests: 2000, pairs: 100, settle: 0 },
  {
    ...ROUTE,
    row: "CPU of the example's route handler",
    off: "untold",
    on: "seen",
    requests: 24,
    pairs: 500,
    settle: 0,
  },
  { ...PAGE, row: "CPU of the example's page", off: "untold", on: "seen", requests: 8, pairs: 300, settle: 0 },
];

const NOTES = `Nanoseconds per request: median (minimum) ×ratio to \`${REFERENCE}\`. \`on\`: everything of \`onescope/inspect\`:
\`trackRequests()\`, \`trackLeaks()\` and \`watch()\` with its helper. The first rows are what Node's server does around a
listener, as far as a tracker can hear of it, in a loop, far faster than \`trackLeaks()\` follows; "of vinext" also has the
storages and the context that vinext enters, and the route it tells. The rows of CPU are the processor time that a server
process needs for a request over keep-alive connections, all threads and garbage collection included: one process, in
which the sides take turns, in up to ${Math.max(...targets.map(({ pairs }) => pairs))} pairs of batches a round; its ratio is
the median of all pairs, with the interval that holds the true one in 95 of 100 such runs. The example's requests are so
unequal that the sides have to change every few of them. To turn everything off and on that often would measure the turning, so
there the other side is that Node's word of a request reaches nobody; what \`watch()\` and \`trackLeaks()\` cost by themselves
is only in the first of these rows. Written by \`node
inspect.mjs --write\`; README.md says how it is measured.`;

await main(async () => {
  const options = readOptions(NAME, `${TITLE}.`);
  const machine = describeMachine(options, ["mitata"]);
  const loops = await measureRounds({ options, sides, reference: REFERENCE, partial: [], variants: [{}] });
  const rows = [...loops, ...(await measureServer(options, targets))];
  const names = sides.map(({ name }) => name);
  report({ name: NAME, title: TITLE, notes: NOTES, options, machine, sides: names, reference: REFERENCE, rows });
});
