// One request's context, created, entered, children, read and written: three releases of vinext against onescope.

import { describeMachine } from "./_util/machine.mjs";
import { main } from "./_util/main.mjs";
import { readOptions } from "./_util/options.mjs";
import { measureVariants } from "./_util/repetitions.mjs";
import { report } from "./_util/report.mjs";

const NAME = "context";
const TITLE = "What a request context costs: vinext against onescope";
const REFERENCE = "vinext 1.4.0";

const script = "variants/context.mjs";
const variants = [
  { name: "vinext 0.0.26", script },
  { name: "vinext 0.0.31", script },
  { name: REFERENCE, script },
  { name: "onescope native", script, env: { ONESCOPE_BACKEND: "native" } },
  { name: "onescope js", script, env: { ONESCOPE_BACKEND: "js" } },
];
/** Releases from before the context had all of today's fields and operations. */
const partial = ["vinext 0.0.26", "vinext 0.0.31"];

const NOTES = `Nanoseconds per operation, bytes per context where the row says so: median (minimum) ×ratio to \`${REFERENCE}\`.
\`n/a\`: that release has no such operation; vinext 0.0.26 nests five scopes instead of having a context. Written by
\`node context.mjs --write\`; README.md says how it is measured.`;

await main(async () => {
  const options = readOptions(NAME, `${TITLE}.`);
  const machine = describeMachine(options, ["mitata", "vinext-0-0-26", "vinext-0-0-31", "vinext-1-4-0", "react"]);
  const rows = await measureVariants({ options, variants, reference: REFERENCE, partial, tasks: [{}] });
  const names = variants.map(({ name }) => name);
  report({ name: NAME, title: TITLE, notes: NOTES, options, machine, variants: names, reference: REFERENCE, rows });
});
