// `npm run kill-flights`: kills recording servers under load, and compares each flight recording with what the clients logged.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readFlight } from "../__test__/_support/flights.mjs";
import { checkFlight, GRACE_MS } from "../__test__/_support/killed/check.mjs";
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

Starts a server that records, on each Node in turn, sends it many requests at once over kept connections, kills it
with SIGKILL at a random moment, and compares what \`onescope last-flight --json\` prints with what the clients logged:
nothing may be listed that was not in flight, and nothing may be missing that the server had read. The conditions are in
__test__/_support/killed/check.mjs. Requests older than ${GRACE_MS} ms that the server had not read yet are counted apart.

  --runs N   number of kills; default 100, some two minutes
  --keep     keep the recordings of failed runs`);
  process.exit(values.help ? 0 : 2);
}

const nodes = NODES.filter(({ name }) => !name.includes("with"));
const folder = mkdtempSync(join(tmpdir(), "onescope-kill-"));
const totals = { listed: 0, requested: 0, justEnded: 0, unnamed: 0, young: 0, unread: 0, ageError: 0, failed: 0 };
for (let run = 0; run < runs; run++) {
  const node = nodes[run % nodes.length];
  const directory = join(folder, `run-${run}`);
  const outcome = await killUnderLoad(directory, node);
  const result = checkFlight(await readFlight(directory), outcome);
  totals.listed += result.listed;
  totals.requested += outcome.log.size;
  totals.justEnded += result.justEnded;
  totals.unnamed += result.unnamed;
  totals.young += result.young;
  totals.unread += result.unread;
  totals.ageError = Math.max(totals.ageError, result.ageError);
  const bad = result.problems.length > 0;
  if (bad) totals.failed++;
  if (!bad || !values.keep) rmSync(directory, { recursive: true });
  const { problems, listed } = result;
  console.log(
    `${run + 1}/${runs}  Node ${node.name}  ${outcome.log.size} requests, ${listed} listed  ${bad ? problems.join("; ") : "ok"}`,
  );
}
const { listed, requested, justEnded, unnamed, young, unread, ageError, failed } = totals;
console.log(`
${runs} runs, ${failed} with problems: ${requested} requests, ${listed} of them listed
  listed, and ended at the client, their thread did nothing afterwards: ${justEnded}
  listed without a label, the last thing that their thread did: ${unnamed}
  not listed, and sent less than ${GRACE_MS} ms before it: ${young}
  not listed, and sent earlier, without proof that their thread read it: ${unread}
  an age is outside what the client's log allows by at most ${ageError.toFixed(0)} ms`);
if (values.keep && failed > 0) console.log(`recordings: ${folder}`);
else rmSync(folder, { recursive: true });
process.exitCode = failed > 0 ? 1 : 0;
