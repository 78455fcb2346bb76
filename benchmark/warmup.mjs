// How long a server takes until it is as fast as it gets, and how much one start differs from the next.

import { setTimeout as sleep } from "node:timers/promises";
import { describeMachine } from "./_util/machine.mjs";
import { main } from "./_util/main.mjs";
import { publish } from "./_util/results.mjs";
import { median } from "./_util/stats.mjs";
import { routesOf } from "./_util/whole-server/measure.mjs";
import { readOptions } from "./_util/whole-server/options.mjs";
import { cpuBetween, findCores, startClient, startServer } from "./_util/whole-server/processes.mjs";
import { remaining } from "./_util/whole-server/remaining.mjs";
import { build, vinextApp } from "./server/target.mjs";

const NAME = "warmup";
const TITLE = "How long a server takes until it is fast";
const SECONDS = 20;

/** For how long the server then gets no requests, and for how many seconds it gets some again. */
const PAUSE_SECONDS = 20;
const SECONDS_AFTER = 10;
const COLUMNS = ["fastest start", "median", "slowest start", "a fixed loop, ms"];

const NOTES = `Processor time of vinext's production server, without onescope, for a request to the route handler, in µs: of each second since the
server got its first request, over all starts. It gets nothing but these requests, and none for ${PAUSE_SECONDS} s after the first ${SECONDS}: V8 then
collects to reduce memory (\`Mark-Compact (reduce)\` of \`--trace-gc\`), and the server has to warm up again. \`a fixed loop\` is the processor time of the same
loop each time, between two seconds: what it varies by is the machine's doing. Written by
\`node warmup.mjs --write\`; README.md says how whole servers are measured.`;

await main(async () => {
  const options = readOptions(NAME, `${TITLE}: processor time of a request, second by second.`);
  const { quick, nodes, starts, connections } = options;
  build();
  const [before, pause, after] = quick ? [1, 0, 1] : [SECONDS, PAUSE_SECONDS, SECONDS_AFTER];
  const seconds = before + after;
  const cores = findCores();
  const step = remaining(nodes.length * starts);
  const client = startClient(cores);
  const parts = [];
  try {
    for (const node of nodes) {
      /** @type {number[][]} by second */
      const costs = Array.from({ length: seconds }, () => []);
      /** @type {number[][]} by second */
      const loops = Array.from({ length: seconds }, () => []);
      for (let start = 0; start < starts; start++) {
        step(`Node ${node.name}, start ${start + 1}`);
        const server = await startServer(vinextApp.start("stock", node), vinextApp.announcement, cores);
        try {
          const { origin } = server;
          await client.order("open", { origin, connections });
          const [route] = await routesOf(vinextApp, origin);
          for (let second = 0; second < seconds; second++) {
            if (second === before) await sleep(1000 * pause);
            loops[second].push(fixedLoop());
            const usage = await server.usage();
            const load = { origin, route, ms: quick ? 50 : 1000, connections };
            const { requests } = await client.order("load", load);
            costs[second].push(cpuBetween(usage, await server.usage()) / requests);
          }
        } finally {
          await server.stop();
        }
        await client.order("close", undefined);
      }
      const rows = costs.map((list, second) => ({
        row:
          second < before ? `second ${second + 1}` : `second ${second + 1 - before} after ${pause} s without requests`,
        cells: {
          "fastest start": Math.round(Math.min(...list)),
          median: Math.round(median(list)),
          "slowest start": Math.round(Math.max(...list)),
          "a fixed loop, ms": { median: median(loops[second]), minimum: Math.min(...loops[second]) },
        },
      }));
      const date = new Date().toISOString().slice(0, 10);
      const machine = {
        ...describeMachine({ repetitions: starts, ms: 1000 }, ["undici"]),
        run: `${starts} starts, ${date}`,
      };
      parts.push({ node: node.name, machine, rows });
    }
    step.done();
  } finally {
    await client.stop();
  }
  if (quick) process.stdout.write("the server responded\n");
  else
    publish(
      { name: NAME, title: TITLE, notes: NOTES, subject: "since the first request", variants: COLUMNS, parts },
      options,
    );
});

/** @returns {number} ms of processor time */
function fixedLoop() {
  const before = process.cpuUsage();
  let sum = 0;
  for (let i = 0; i < 2e7; i++) sum = (sum * 31 + i) | 0;
  const { user, system } = process.cpuUsage(before);
  // Used, so that the loop is not left out.
  return (user + system) / 1000 + (sum === 0.5 ? 1 : 0);
}
