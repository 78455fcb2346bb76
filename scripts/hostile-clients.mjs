// Runs all attacks on a diagnostics server at once while honest clients send requests, and reports the effect on them, on the
// server's memory, and on the JavaScript of its process.
//
// Two processes have such a server and JavaScript that never rests. The attackers alternate between them, in slices of half a
// second; both processes are measured in each. Whatever else the machine does affects both at the same time; the difference is
// the effect of an attack on the JavaScript of its own process.

import { fork } from "node:child_process";
import { once, setMaxListeners } from "node:events";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { newSeed } from "../__test__/parity/random.mjs";
import { interval, median } from "../benchmark/_util/stats.mjs";
import { ATTACKS } from "./hostile-clients/attacks.mjs";
import { TOKEN } from "./hostile-clients/token.mjs";
import { nodeNamed } from "./nodes.mjs";
import { ROOT } from "./setup.mjs";

const USAGE = `usage: node scripts/hostile-clients.mjs [--minutes 10] [--node "24"] [--seed N]

  --minutes N  how long, in all (10)
  --node NAME  Node to run (24)
  --seed N     seed of the attackers' random choices; it is printed at the start

It ends with 1 if an honest client got no response, if the memory of a process grew by more than 64 MiB, or if, in five minutes
and more, the median loss of JavaScript is above 1 %. It needs Linux, and an addon that is built (npm run setup).`;

/** How long the attackers stay with one process, and how many repetitions of four such slices make one report. */
const SLICE_MS = 500;
const REPORTED_REPETITIONS = 15;

/** The process attacked in each slice of a repetition: what changes steadily over time counts for both. */
const ORDER = [0, 1, 1, 0];

/** How long an honest client waits for a response; how often and after what pause it retries if the server closes the connection. */
const PATIENCE_MS = 5000;
const RETRY_MS = 20;
const TRIES = 50;

const GROWTH_MB = 64;
const LOSS = 0.01;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    node: { type: "string", default: "24" },
    seed: { type: "string", default: String(newSeed()) },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}

console.log(`seed ${values.seed}`);
const repetitions = Math.max(1, Math.round((Number(values.minutes) * 60_000) / (ORDER.length * SLICE_MS)));
const { path, flags } = nodeNamed(values.node);
const processes = await Promise.all([start(), start()]);

/** @type {Record<string, { sent: number, responses: number }>} */
const tallies = Object.fromEntries(Object.keys(ATTACKS).map((name) => [name, { sent: 0, responses: 0 }]));
/** @type {{ attacked: boolean, ms: number, tries: number }[]} */
const honest = [];
let failures = 0;
let attacked = 0;
let slices = 0;
let over = false;
const polling = processes.map((_, index) => pollHonestly(index));

/** @typedef {{ done: number, ms: number, ownMs: number, serverMs: number, rssMb: number }} Sum of the slices of a kind in a repetition */
/** @typedef {Sum[][]} Repetition by the process that was attacked, by process */
/** @type {Repetition[]} */
const results = [];
for (let n = 1; n <= repetitions; n++) {
  const repetition = [0, 1].map(() => [0, 1].map(() => ({ done: 0, ms: 0, ownMs: 0, serverMs: 0, rssMb: 0 })));
  for (const target of ORDER) await attack(target, repetition[target]);
  results.push(repetition);
  if (n % REPORTED_REPETITIONS === 0) report(results.slice(-REPORTED_REPETITIONS));
}
over = true;
await Promise.all(polling);
process.exitCode = isWithinBounds() ? 0 : 1;
for (const { child } of processes) child.disconnect();

async function start() {
  const child = fork(join(ROOT, "scripts/hostile-clients/busy.mjs"), { execPath: path, execArgv: flags });
  child.once("exit", (code, signal) => {
    if (over) return;
    console.error(`a process that was attacked ended with ${signal ?? code}`);
    process.exit(1);
  });
  const [{ port }] = await once(child, "message");
  return { child, port };
}

/** @returns {Promise<import("./hostile-clients/busy.mjs").Reading[]>} of both processes */
function read() {
  return Promise.all(
    processes.map(async ({ child }) => {
      child.send("read");
      return (await once(child, "message"))[0];
    }),
  );
}

/**
 * One slice.
 *
 * @param {number} target index of the process that is attacked
 * @param {Sum[]} sums by process
 */
async function attack(target, sums) {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  attacked = target;
  slices++;
  const attackers = Object.entries(ATTACKS).flatMap(([name, { at, attack }]) =>
    Array.from({ length: at }, (_, index) => {
      const seed = [values.seed, slices, name, index].join("/");
      return attack({ port: processes[target].port, signal: stop.signal, seed }, tallies[name]);
    }),
  );
  // The first moments belong to neither.
  await sleep(SLICE_MS * 0.1);
  const before = await read();
  await sleep(SLICE_MS * 0.9);
  const after = await read();
  stop.abort();
  await Promise.all(attackers);
  for (const [index, sum] of sums.entries()) {
    const [from, to] = [before[index], after[index]];
    sum.done += to.done - from.done;
    sum.ms += to.ms - from.ms;
    sum.ownMs += to.ms - from.ms - (to.waitedMs - from.waitedMs);
    sum.serverMs += to.serverMs - from.serverMs;
    sum.rssMb = Math.max(sum.rssMb, to.rssMb);
  }
}

/** @param {number} index of a process */
async function pollHonestly(index) {
  for (let n = 0; !over; n++) {
    const start = performance.now();
    const during = attacked === index;
    let tries = 1;
    while (!(await get(index, ["/livez", "/in-flight", "/metrics"][n % 3])) && tries < TRIES) {
      tries++;
      await sleep(RETRY_MS);
    }
    if (tries === TRIES) failures++;
    honest.push({ attacked: during, ms: performance.now() - start, tries });
    await sleep(50);
  }
}

/**
 * @param {number} index of a process
 * @param {string} path
 * @returns {Promise<boolean>} whether the whole response came
 */
function get(index, path) {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const headers = { authorization: `Bearer ${TOKEN}` };
    const sent = request({ port: processes[index].port, path, headers, agent: false, signal }, (response) => {
      response.resume();
      response.once("close", () => resolve(response.complete && response.statusCode === 200));
    });
    sent.once("error", () => resolve(false));
    sent.end();
  });
}

/**
 * @param {Repetition} repetition
 * @param {"ms" | "ownMs"} time by which to divide: all of it, or that in which JavaScript did not wait for a processor
 * @returns {number} share of the work that is not done while its own process is attacked
 */
function loss(repetition, time) {
  // How much faster the first one is than the second, while the one and while the other is attacked.
  const [first, second] = repetition.map(([one, two]) => one.done / one[time] / (two.done / two[time]));
  return 1 - Math.sqrt(first / second);
}

/** @param {Repetition[]} last */
function report(last) {
  const rss = [0, 1].map((index) => Math.max(...last.flat().map((sums) => sums[index].rssMb)).toFixed(0));
  const [own, all] = /** @type {const} */ (["ownMs", "ms"]).map((time) =>
    percent(median(last.map((repetition) => loss(repetition, time)))),
  );
  console.log(
    `[${results.length}/${repetitions}] rss ${rss.join(" and ")} MiB  server's thread ${percent(median(last.map(share)))} of a ` +
      `processor  JavaScript loses ${own} of what it does when it runs, ${all} in all`,
  );
}

/** @param {Repetition} repetition @returns {number} part of a processor that the server's thread takes while it is attacked */
function share(repetition) {
  return (repetition[0][0].serverMs + repetition[1][1].serverMs) / (repetition[0][0].ms + repetition[1][1].ms);
}

/** @param {number} part */
function percent(part) {
  return `${(part * 100).toFixed(2)} %`;
}

/** @returns {boolean} whether all is well */
function isWithinBounds() {
  for (const [name, { sent, responses }] of Object.entries(tallies)) {
    console.log(`${name}: ${sent} sent, ${responses} responses`);
  }
  for (const during of [false, true]) {
    const requests = honest.filter((each) => each.attacked === during);
    const times = requests.map(({ ms }) => ms).sort((a, b) => a - b);
    const at = (/** @type {number} */ part) => times[Math.ceil(part * times.length) - 1].toFixed(1);
    const again = requests.filter(({ tries }) => tries > 1).length;
    console.log(
      `honest, ${during ? "" : "not "}attacked: ${requests.length} responses, ${again} of them after a retry, ` +
        `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`,
    );
  }
  console.log(`honest requests without a response: ${failures}`);
  const growth = Math.max(...[0, 1].map(memory));
  console.log(`server's thread: ${percent(median(results.map(share)))} of a processor while it is attacked`);
  /** @type {number[]} */
  const medians = [];
  for (const time of /** @type {const} */ (["ownMs", "ms"])) {
    const all = results.map((repetition) => loss(repetition, time));
    const [least, most] = interval(all).map(percent);
    medians.push(median(all));
    console.log(
      `JavaScript's loss ${time === "ms" ? "in all" : "when it runs"}: median ${percent(median(all))}, ` +
        `95 % between ${least} and ${most}`,
    );
  }
  const long = repetitions * ORDER.length * SLICE_MS >= 300_000;
  return failures === 0 && growth <= GROWTH_MB && (!long || medians[0] <= LOSS);
}

/**
 * @param {number} index of a process
 * @returns {number} MiB by which its memory grew from the first third of the repetitions to the last
 */
function memory(index) {
  const seen = results.map((repetition) => Math.max(...repetition.map((sums) => sums[index].rssMb)));
  const third = Math.ceil(seen.length / 3);
  const growth = median(seen.slice(-third)) - median(seen.slice(0, third));
  const [least, most] = [Math.min(...seen), Math.max(...seen)];
  console.log(`memory: ${least.toFixed(0)} to ${most.toFixed(0)} MiB, growth ${growth.toFixed(1)} MiB`);
  return growth;
}
