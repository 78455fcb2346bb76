// What onescope adds to the start of a process: time, processor time and memory, preloaded in the ways that there are.

import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pack } from "../scripts/pack.mjs";
import { describeMachine } from "./_util/machine.mjs";
import { main } from "./_util/main.mjs";
import { readOptions } from "./_util/options.mjs";
import { publish } from "./_util/results.mjs";
import { interleaveStarts } from "./_util/starts.mjs";

const NAME = "startup";
const TITLE = "What onescope adds to the start of a process";
const REFERENCE = "nothing";

/**
 * What `--import` names, by variant.
 *
 * @param {string} folder with what npm installs
 * @returns {Record<string, string | undefined>}
 */
const preloads = (folder) => ({
  [REFERENCE]: undefined,
  "an empty module": "./variants/startup/nothing.mjs",
  register: join(folder, "onescope/js/register.js"),
  auto: join(folder, "onescope/js/auto.js"),
  onescope: join(folder, "onescope/js/index.js"),
  inspect: join(folder, "onescope/js/inspect.js"),
});
const PROGRAMS = { "an empty program": "empty.cjs", "one request served": "server.cjs" };

/** Starts of each variant in a repetition. */
const STARTS = 10;

const NOTES = `Median (minimum) of a process that preloads nothing; of the others the median, and what they add: the median of the differences
between starts that followed each other, with the interval that holds the true one in 95 of 100 such runs. \`an empty module\` is
preloaded with \`--import\` as the others are, so it is what Node's own loader costs, which a program of ES modules loads anyway.
\`register\`, \`auto\`, \`onescope\` and \`inspect\` are \`onescope/register\`, \`onescope/auto\`, \`onescope\` and \`onescope/inspect\` of the
package that npm installs.

\`wall\` is the time from the start of a process to its end, in ms; \`processor\` the processor time of all its threads, in ms; \`memory\`
the largest resident memory, in MB; \`own memory\` what is not mapped from files, at the end. The rest of what is added is code of Node's
own, which is in memory once for all processes: its compilers, which an empty program does not need and which a loader that
loads some twenty modules makes V8 start. Written by \`node startup.mjs --write\`; README.md says how it is measured.`;

await main(async () => {
  const options = readOptions(NAME, `${TITLE}.`);
  const starts = options.quick ? 1 : STARTS * options.repetitions;
  const run = `${starts} starts of each variant, ${new Date().toISOString().slice(0, 10)}`;
  const machine = { ...describeMachine(options, []), run };
  const folder = join(mkdtempSync(join(realpathSync(tmpdir()), "onescope-startup-")), "node_modules");
  process.once("exit", () => rmSync(join(folder, ".."), { recursive: true, force: true }));
  pack({ host: true, out: folder });
  const variants = Object.keys(preloads(folder));
  const parts = options.nodes.map((node) => ({
    node: node.name,
    machine,
    rows: Object.entries(PROGRAMS).flatMap(([row, program]) =>
      interleaveStarts(node, row, program, preloads(folder), starts),
    ),
  }));
  publish({ name: NAME, title: TITLE, notes: NOTES, subject: "start", variants, reference: REFERENCE, parts }, options);
});
