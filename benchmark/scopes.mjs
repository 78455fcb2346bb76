// Entering, reading, awaiting and capturing with N storages: Node's own AsyncLocalStorage against onescope's slots.

import { describeMachine } from "./_util/machine.mjs";
import { main } from "./_util/main.mjs";
import { withFrames } from "./_util/nodes.mjs";
import { readOptions } from "./_util/options.mjs";
import { measureVariants } from "./_util/repetitions.mjs";
import { report } from "./_util/report.mjs";

const NAME = "scopes";
const TITLE = "What N storages cost: AsyncLocalStorage against slots";
const REFERENCE = "real";
const STORAGES = [1, 6, 12, 20];
const QUICK_STORAGES = [1, 12];

const script = "variants/scopes.mjs";
const variants = [
  { name: REFERENCE, script },
  { name: "slots", script },
  { name: "register", script, flags: ["--import", "../js/register.js"] },
  { name: "floor", script },
];

const NOTES = `Nanoseconds per operation: median (minimum) ×ratio to \`real\`. \`real\` is Node's AsyncLocalStorage, \`slots\` is
onescope's SlotStorage in a process that did not load \`onescope/register\`, \`register\` is \`new AsyncLocalStorage()\` in one
that did. \`floor\` is the least that storages do which are all in one of Node's: a copy of an array, entered and left with Node's own
methods. Written by \`node scopes.mjs --write\`; README.md says how it is measured.`;

await main(async () => {
  const options = readOptions(NAME, `${TITLE}.`);
  if (!options.quick) options.nodes = withFrames(options.nodes);
  const machine = describeMachine(options, ["mitata"]);
  const tasks = (options.quick ? QUICK_STORAGES : STORAGES).map((storages) => ({ storages }));
  const rows = await measureVariants({ options, variants, reference: REFERENCE, partial: [], tasks });
  const names = variants.map(({ name }) => name);
  report({ name: NAME, title: TITLE, notes: NOTES, options, machine, variants: names, reference: REFERENCE, rows });
});
