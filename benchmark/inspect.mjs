// What it costs to see requests from outside: a request as Node tells of it, made, labelled and closed; and whole servers
// with everything on and with nothing.

import { describeMachine } from "./_util/machine.mjs";
import { main } from "./_util/main.mjs";
import { readOptions } from "./_util/options.mjs";
import { report } from "./_util/report.mjs";
import { measureRounds } from "./_util/rounds.mjs";
import { measureServer, PAIRS } from "./_util/server-rounds.mjs";

const NAME = "inspect";
const TITLE = "What it costs to see requests from outside";
const REFERENCE = "off";

const script = "sides/inspect.mjs";
const sides = [
  { name: REFERENCE, script },
  { name: "on", script },
];

const NOTES = `Nanoseconds per request: median (minimum) ×ratio to \`${REFERENCE}\`. \`on\`: everything of \`onescope/inspect\`:
\`trackRequests()\`, \`trackLeaks()\` and \`watch()\` with its helper. The first rows are what Node's server does around a
listener, as far as a tracker can hear of it, in a loop, far faster than \`trackLeaks()\` follows; "of vinext" also has the
storages and the context that vinext enters, and the route it tells. The rows of CPU are the processor time that a server
process needs for a request over keep-alive connections, all threads and garbage collection included: one process, in
which everything is turned on and off in turn, median of ${PAIRS} batches of each a round. Written by \`node inspect.mjs
--write\`; README.md says how it is measured.`;

await main(async () => {
  const options = readOptions(NAME, `${TITLE}.`);
  const machine = describeMachine(options, ["mitata"]);
  const loops = await measureRounds({ options, sides, reference: REFERENCE, partial: [], variants: [{}] });
  const rows = [...loops, ...(await measureServer(options, { off: "nothing", on: "seen" }))];
  const names = sides.map(({ name }) => name);
  report({ name: NAME, title: TITLE, notes: NOTES, options, machine, sides: names, reference: REFERENCE, rows });
});
