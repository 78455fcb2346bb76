// What `onescope/register` alone changes for servers that are not vinext.

import { main } from "./_util/main.mjs";
import { publish } from "./_util/results.mjs";
import { measureWholeServers } from "./_util/whole-server/measure.mjs";
import { readOptions } from "./_util/whole-server/options.mjs";
import { buildNext, isNextBuilt } from "./others/next.mjs";
import { NEXT_PACKAGE, nextTarget, PACKAGES, targets } from "./others/targets.mjs";

const NAME = "others";
const TITLE = "Servers other than vinext with and without onescope/register";
const PURPOSE = "What onescope/register alone changes for Next.js, Fastify, Express and NestJS servers.";
const VARIANTS = ["stock", "control", "register"];

const NOTES = `\`stock\`: the server as it is; \`control\`: the same once more, which shows what the method makes of no difference;
\`register\`: the same command with \`--import onescope/register\`. Nothing of \`onescope/inspect\` is on. An entry is the median of all starts
×ratio [interval]: the ratio is the median of the ratios to the stock server that ran in the same round, by turns with it, and the interval holds the true one in 95 of 100 such runs. \`equal\`: the interval meets the control's, or 1.

- Next.js in production, \`next start\`: a page of 20 components that reads \`headers()\` and \`cookies()\`, a page that streams one
  part later, a route handler, and an API route of the Pages Router.
- Fastify with OpenTelemetry's tracing SDK for Node: its context manager, its instrumentations of HTTP and Fastify, a batch
  processor, an exporter that sends nothing. One storage: there is little to gain.
- Express with twelve storages, entered one in the other by a middleware each: what onescope is best at.
- NestJS on Express with nestjs-cls. One storage.

In the place of a database stand awaits, of which every fourth waits for a turn of the event loop. Written by
\`node others.mjs --write\`; README.md says how it is measured.`;

await main(async () => {
  const options = readOptions(NAME, PURPOSE);
  // A smoke run is to be quick.
  if (!options.quick) buildNext();
  const built = isNextBuilt();
  if (!built) process.stdout.write("Next.js is left out, because there is no build of it: a full run makes one\n");
  const parts = await measureWholeServers({
    ...options,
    targets: built ? [nextTarget, ...targets] : targets,
    variants: VARIANTS,
    packages: built ? [NEXT_PACKAGE, ...PACKAGES] : PACKAGES,
  });
  if (options.quick) process.stdout.write("all variants responded the same\n");
  else
    publish(
      { name: NAME, title: TITLE, notes: NOTES, subject: "route", variants: VARIANTS, reference: "stock", parts },
      options,
    );
});
