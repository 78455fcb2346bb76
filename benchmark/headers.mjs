// What a request's headers and cookies cost to make, to reach and to change: vinext's request APIs against onescope's.

import { describeMachine } from "./_util/machine.mjs";
import { main } from "./_util/main.mjs";
import { readOptions } from "./_util/options.mjs";
import { measureVariants } from "./_util/repetitions.mjs";
import { report } from "./_util/report.mjs";

const NAME = "headers";
const TITLE = "What headers() and cookies() cost: vinext against onescope";
const REFERENCE = "vinext 1.4.0";

const script = "variants/headers.mjs";
const variants = [
  { name: REFERENCE, script },
  { name: "onescope native", script, env: { ONESCOPE_BACKEND: "native" } },
  { name: "onescope js", script, env: { ONESCOPE_BACKEND: "js" } },
];

const NOTES = `Nanoseconds of processor time per operation: median (minimum) ×ratio to \`${REFERENCE}\`. A request has 12 headers, among them 5 cookies;
each is used once and made outside the timed part. Both variants have request contexts of their own. Written by
\`node headers.mjs --write\`; README.md says how it is measured.`;

await main(async () => {
  const options = readOptions(NAME, `${TITLE}.`);
  const machine = describeMachine(options, ["vinext-1-4-0"]);
  const rows = await measureVariants({ options, variants, reference: REFERENCE, partial: [], tasks: [{}] });
  const names = variants.map(({ name }) => name);
  report({ name: NAME, title: TITLE, notes: NOTES, options, machine, variants: names, reference: REFERENCE, rows });
});
