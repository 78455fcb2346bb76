// How costs grow: with the storages in use, with the contexts that are alive, and with the threads that run.

import { describeMachine } from "./_util/machine.mjs";
import { main } from "./_util/main.mjs";
import { readOptions } from "./_util/options.mjs";
import { measureVariants } from "./_util/repetitions.mjs";
import { report } from "./_util/report.mjs";

const NAME = "growth";
const TITLE = "How costs grow";
const REFERENCE = "without";

const STORAGES = [1, 2, 4, 8, 16, 32, 64];
const ALIVE = [1, 100, 10_000, 100_000];
const WORKERS = [1, 2, 4, 8];
const KINDS = ["created", "entered", "entered, with a child"];
const WEIGHED = 100_000;

/** @param {string} script @param {string} name */
const variant = (script, name) => ({ name, script: `variants/growth/${script}.mjs` });
const both = (/** @type {string} */ script) => [variant(script, REFERENCE), variant(script, "onescope")];
const registered = { ...variant("storages", "register"), flags: ["--import", "../js/register.js"] };

/** @param {boolean} quick */
const comparisons = (quick) => [
  {
    variants: [...both("storages"), registered],
    tasks: (quick ? [1, 64] : STORAGES).map((storages) => ({ storages })),
  },
  { variants: both("live"), tasks: (quick ? [1000] : ALIVE).map((live) => ({ live })) },
  { variants: both("workers"), tasks: (quick ? [2] : WORKERS).map((workers) => ({ workers })) },
  {
    variants: both("weight"),
    tasks: (quick ? [KINDS[2]] : KINDS).map((kind) => ({ kind, count: quick ? 1000 : WEIGHED })),
  },
];

const NOTES = `Median (minimum) ×ratio to \`${REFERENCE}\`; nanoseconds of processor time of all threads, the collector's included,
where the row does not say otherwise.

- "In use": N storages are entered, one inside the other. \`without\` is Node's AsyncLocalStorage, \`onescope\` its SlotStorage in a
  process that did not load \`onescope/register\`, \`register\` \`new AsyncLocalStorage()\` in one that did. \`run\` is that of
  the last of them, with another value.
- "Alive": N other requests are in flight. Both variants are onescope's; \`without\` keeps as many plain objects alive in the place
  of requests. "A request context" is created, entered and closed; "a tracked request" is what Node's server reports of one to
  \`trackRequests()\`.
- "Workers": N of them run tasks, each all the time. "A task" is the time that it takes, of which more workers than cores each have
  a share; "kB" the resident memory that a worker adds. \`without\` runs in an AsyncLocalStorage of Node's, \`onescope\` in
  \`runTask()\`, which has a record.
- "Bytes of a context": growth of V8's heap and of the external memory of its objects over 100,000 contexts that are kept;
  \`without\` is vinext 1.4.0. "Resident" is what the system counts, with what V8 keeps in reserve.

Written by \`node growth.mjs --write\`; README.md says how it is measured.`;

await main(async () => {
  const options = readOptions(NAME, `${TITLE}.`);
  const machine = describeMachine(options, ["mitata", "vinext-1-4-0"]);
  const rows = [];
  for (const { variants, tasks } of comparisons(options.quick))
    rows.push(...(await measureVariants({ options, variants, reference: REFERENCE, partial: [], tasks })));
  const variants = [REFERENCE, "onescope", "register"];
  report({ name: NAME, title: TITLE, notes: NOTES, options, machine, variants, reference: REFERENCE, rows });
});
