// What onescope changes for whole vinext servers.

import { main } from "./_util/main.mjs";
import { publish } from "./_util/results.mjs";
import { measureWholeServers } from "./_util/whole-server/measure.mjs";
import { readOptions } from "./_util/whole-server/options.mjs";
import { build, vinextApp } from "./server/target.mjs";

const NAME = "server";
const TITLE = "Whole vinext servers with and without onescope";
const VARIANTS = ["stock", "control", "plugin", "register", "both"];

const NOTES = `\`stock\`: vinext 1.4.0's production server; \`control\`: the same once more, which shows what the method makes of no
difference; \`plugin\`: the app built with onescope's plugin; \`register\`: the stock build under \`onescope/register\`; \`both\`. Nothing
of \`onescope/inspect\` is on. An entry is the median of all starts ×ratio [interval]: the ratio is the median of the ratios to the
stock server that ran in the same round, by turns with it, and the interval holds the true one in 95 of 100 such runs.
\`equal\`: the interval meets the control's, or 1. Written by \`node server.mjs --write\`; README.md says how it is measured.`;

await main(async () => {
  const options = readOptions(
    NAME,
    "What onescope changes for whole vinext servers: throughput, latency, CPU, memory.",
  );
  build();
  const parts = await measureWholeServers({ ...options, targets: [vinextApp], variants: VARIANTS });
  if (options.quick) process.stdout.write("all variants responded the same\n");
  else
    publish(
      { name: NAME, title: TITLE, notes: NOTES, subject: "route", variants: VARIANTS, reference: "stock", parts },
      options,
    );
});
