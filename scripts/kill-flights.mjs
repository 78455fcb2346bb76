// `npm run kill-flights`: kills recording servers under load, and holds each flight against what the clients logged.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readFlight } from "../__test__/_support/flights.mjs";
import { GRACE_MS, judge } from "../__test__/_support/killed/judge.mjs";
import { killUnderLoad } from "../__test__/_support/killed/kill.mjs";
import { NODES } from "./nodes.mjs";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100" },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
const runs = Number(values.runs);
if (values.help || !Number.isInteger(runs) || runs < 1) {
  console.log(`usage: node scripts/kill-flights.mjs [--runs N] [--keep]

Starts a server that records, on each Node in turn, asks it for many things at once over kept connections, kills it with
SIGKILL at a random moment, and holds what \`onescope last-flight --json\` says against what the clients logged: nothing may
be listed that was not in flight, and nothing be missing that the server had read. What that means exactly is in
__test__/_support/killed/judge.mjs. Requests of over ${GRACE_MS} ms that the server had not read yet are counted apart.

  --runs N   how often; default 100, which takes some two minutes
  --keep     keep the flights of failed runs`);
  process.exit(values.help ? 0 : 2);
}

const nodes = NODES.filter(({ name }) => !name.includes("with"));
const folder = mkdtempSync(join(tmpdir(), "onescope-kill-"));
const totals = { listed: 0, asked: 0, justEnded: 0, unnamed: 0, young: 0, unread: 0, ageError: 0, failed: 0 };
for (let run = 0; run < runs; run++) {
  const node = nodes[run % nodes.length];
  const directory = join(folder, `run-${run}`);
  const outcome = await killUnderLoad(directory, node);
  const verdict = judge(await readFlight(directory), outcome);
  totals.listed += verdict.listed;
  totals.asked += outcome.log.size;
  totals.justEnded += verdict.justEnded;
  totals.unnamed += verdict.unnamed;
  totals.young += verdict.young;
  totals.unread += verdict.unread;
  totals.ageError = Math.max(totals.ageError, verdict.ageError);
  const bad = verdict.problems.length > 0;
  if (bad) totals.failed++;
  if (!bad || !values.keep) rmSync(directory, { recursive: true });
  const { problems, listed } = verdict;
  console.log(
    `${run + 1}/${runs}  Node ${node.name}  ${outcome.log.size} asked, ${listed} listed  ${bad ? problems.join("; ") : "ok"}`,
  );
}
const { listed, asked, justEnded, unnamed, young, unread, ageError, failed } = totals;
console.log(`
${runs} runs, ${failed} with problems: ${asked} requests, ${listed} of them listed
  listed, and ended at the client, while their thread did nothing more: ${justEnded}
  listed without a name, as the last thing that their thread did: ${unnamed}
  not listed, and sent less than ${GRACE_MS} ms before it: ${young}
  not listed, and sent earlier, and not provably read by their thread: ${unread}
  an age is outside of what the client's log allows by at most ${ageError.toFixed(0)} ms`);
if (values.keep && failed > 0) console.log(`flights: ${folder}`);
else rmSync(folder, { recursive: true });
process.exitCode = failed > 0 ? 1 : 0;
