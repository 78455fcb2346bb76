// What it costs to see requests from outside: a request as Node reports it, made, labelled and closed; and whole servers
// with everything on and with nothing.

import { describeMachine } from "./_util/machine.mjs";
import { main } from "./_util/main.mjs";
import { readOptions } from "./_util/options.mjs";
import { measureVariants } from "./_util/repetitions.mjs";
import { report } from "./_util/report.mjs";
import { BARE, CACHED_PAGE, PAGE, ROUTE } from "./_util/server.mjs";
import { measureInterleaved } from "./_util/server-interleaved.mjs";
import { measureServer } from "./_util/server-repetitions.mjs";

const NAME = "inspect";
const TITLE = "What it costs to see requests from outside";
const REFERENCE = "off";

const script = "variants/inspect.mjs";
const variants = [
  { name: REFERENCE, script },
  { name: "on", script },
];

const SEEN = /** @type {const} */ ({ on: "seen" });
/** @type {import("./_util/server-interleaved.mjs").Interleaved[]} */
const interleavings = [
  { ...BARE, row: "CPU of a bare node:http request", ...SEEN, requests: 20_000 },
  { ...CACHED_PAGE, row: "CPU of the example's cached page", ...SEEN, requests: 12_000 },
  { ...ROUTE, row: "CPU of the example's route handler", ...SEEN, requests: 8000 },
  { ...PAGE, row: "CPU of the example's page", ...SEEN, requests: 4000 },
  { ...CACHED_PAGE, row: "the cached page, off against off", on: "unseen", requests: 12_000 },
];

/** @type {import("./_util/server-repetitions.mjs").Target} */
const everything = { ...BARE, row: "bare, all on or nothing", off: "nothing", on: "seen", requests: 10_000, pairs: 20 };

const NOTES = `Nanoseconds per request: median (minimum) ×ratio to \`${REFERENCE}\`. \`on\`: everything of \`onescope/inspect\`:
\`trackRequests()\`, \`trackLeaks()\` and \`watch()\` with its helper.

"A request" is what Node's server does around a listener, as far as a tracker can observe it, in a loop, far faster than
\`trackLeaks()\` follows; "of vinext" also has the storages and the context that vinext enters, and the route it reports; "in a
burst" comes in bursts of which \`trackLeaks()\` follows every one. "An outgoing call" is one of 20 that a request makes, as undici
publishes it, with a twentieth of its request.

CPU is the processor time that a server process needs for a request over a connection that is kept alive, all threads and
garbage collection included. Requests alternate between seen and unseen (off, on, on, off, and the reverse), one after the
other, in one process: for an unseen one Node's diagnostics channel has no subscriber. The ratio is the median over all fours, with
the interval that holds the true one in 95 of 100 such runs. "Off against off" is the same with nothing seen: what the method
itself makes of no difference. What \`watch()\` and \`trackLeaks()\` cost whether or not there are requests is only in the last row: the bare server
again, in batches, where all of it is started for one variant and stopped for the other. Written by \`node inspect.mjs --write\`;
README.md says how it is measured.`;

await main(async () => {
  const options = readOptions(NAME, `${TITLE}.`);
  const machine = describeMachine(options, ["mitata"]);
  const loops = await measureVariants({ options, variants, reference: REFERENCE, partial: [], tasks: [{}] });
  const requests = await measureInterleaved(options, interleavings);
  const rows = [...loops, ...requests, ...(await measureServer(options, [everything]))];
  const names = variants.map(({ name }) => name);
  report({ name: NAME, title: TITLE, notes: NOTES, options, machine, variants: names, reference: REFERENCE, rows });
});
