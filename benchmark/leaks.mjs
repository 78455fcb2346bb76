// What it costs a request that leaks() follows it, and that it drops its values as it closes.

import { describeMachine } from "./_util/machine.mjs";
import { main } from "./_util/main.mjs";
import { readOptions } from "./_util/options.mjs";
import { measureVariants } from "./_util/repetitions.mjs";
import { report } from "./_util/report.mjs";

const NAME = "leaks";
const TITLE = "What a request pays for leaks() and releaseOnClose()";
const REFERENCE = "off";

const script = "variants/leaks.mjs";
const env = { ONESCOPE_BACKEND: "native" };
const variants = [REFERENCE, "trackLeaks", "releaseOnClose", "both"].map((name) => ({ name, script, env }));

const NOTES = `Nanoseconds of processor time per request, the collector's included: median (minimum) ×ratio to \`${REFERENCE}\`. A request is created with an App request's
options, entered, given one child and closed, 16 in a turn of the event loop, and the turns count. In a flood more close than are
followed; within the sampling budget each is. Written by \`node leaks.mjs --write\`; README.md says how it is measured.`;

await main(async () => {
  const options = readOptions(NAME, `${TITLE}.`);
  const machine = describeMachine(options, ["mitata"]);
  const rows = await measureVariants({ options, variants, reference: REFERENCE, partial: [], tasks: [{}] });
  const names = variants.map(({ name }) => name);
  report({ name: NAME, title: TITLE, notes: NOTES, options, machine, variants: names, reference: REFERENCE, rows });
});
