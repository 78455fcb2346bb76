// Attacks a diagnostics server in every way at once while honest clients ask it, and says what that does to them, to its
// memory, and to the JavaScript of its process.
//
// Two processes have such a server: one whose JavaScript never rests, which is measured, and one whose JavaScript does. The
// attackers turn to the other, the one, the one, the other, in rounds of four slices, so that the machine is as busy for both,
// and what differs is what an attack does to the JavaScript of its own process.

import { fork } from "node:child_process";
import { once, setMaxListeners } from "node:events";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { median } from "../benchmark/_util/stats.mjs";
import { ATTACKS } from "./hostile-clients/attacks.mjs";
import { nodeNamed } from "./nodes.mjs";
import { ROOT } from "./setup.mjs";

const USAGE = `usage: node scripts/hostile-clients.mjs [--minutes 10] [--slice 2.5] [--node "24"]

  --minutes N  how long, in all (10)
  --slice N    seconds for which the attackers stay with one server (2.5)
  --node NAME  Node to run (24)

It ends with 1 if an honest client got no answer, if the memory grew by more than 64 MiB, or if, in five minutes and more,
the median loss of JavaScript is above 1 %. It needs Linux, and an addon that is built (npm run setup).`;

/** What an honest client waits for an answer; how often and after what rest it asks again if it was turned away. */
const PATIENCE_MS = 5000;
const RETRY_MS = 20;
const TRIES = 50;
const GROWTH_MB = 64;
const LOSS = 0.01;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    slice: { type: "string", default: "2.5" },
    node: { type: "string", default: "24" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}

const slice = Number(values.slice) * 1000;
const rounds = Math.max(1, Math.round((Number(values.minutes) * 60_000) / (4 * slice)));
const { path, flags } = nodeNamed(values.node);
const measured = await start("work");
const other = await start("rest");

/** @type {Record<string, { sent: number, answered: number }>} */
const tallies = Object.fromEntries(Object.keys(ATTACKS).map((name) => [name, { sent: 0, answered: 0 }]));
/** @type {{ attacked: boolean, ms: number, tries: number }[]} */
const honest = [];
let failures = 0;
let attacked = false;
let over = false;
const asking = askHonestly();

/** Whether the measured process is the one that is attacked. What changes over time counts for both. */
const ORDER = [false, true, true, false];

/** @typedef {{ done: number, ms: number, ownMs: number, serverMs: number, rssMb: number }} Slices all of a kind in a round */
/** @type {Array<{ own: Slices, other: Slices }>} */
const results = [];
for (let n = 0; n < rounds; n++) {
  const round = { own: nothing(), other: nothing() };
  for (const own of ORDER) await attack(own, own ? round.own : round.other);
  results.push(round);
  report(n, round);
}
over = true;
await asking;
process.exitCode = judge() ? 0 : 1;
for (const { child } of [measured, other]) child.disconnect();

/** @param {"work" | "rest"} what */
async function start(what) {
  const child = fork(join(ROOT, "scripts/hostile-clients/busy.mjs"), [what], { execPath: path, execArgv: flags });
  child.once("exit", (code, signal) => {
    if (over) return;
    console.error(`the ${what} process ended with ${signal ?? code}`);
    process.exit(1);
  });
  const [{ port }] = await once(child, "message");
  return { child, port };
}

/** @returns {Promise<import("./hostile-clients/busy.mjs").Reading>} */
async function read() {
  measured.child.send("read");
  return (await once(measured.child, "message"))[0];
}

/** @returns {Slices} */
function nothing() {
  return { done: 0, ms: 0, ownMs: 0, serverMs: 0, rssMb: 0 };
}

/**
 * One slice.
 *
 * @param {boolean} own whether the measured process is the one that is attacked
 * @param {Slices} sum
 */
async function attack(own, sum) {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const target = { port: own ? measured.port : other.port, signal: stop.signal };
  attacked = own;
  const attackers = Object.entries(ATTACKS).flatMap(([name, { at, attack }]) =>
    Array.from({ length: at }, () => attack(target, tallies[name])),
  );
  // The first moments belong to neither.
  await sleep(slice * 0.1);
  const before = await read();
  await sleep(slice * 0.9);
  const after = await read();
  stop.abort();
  await Promise.all(attackers);
  sum.done += after.done - before.done;
  sum.ms += after.ms - before.ms;
  sum.ownMs += after.ms - before.ms - (after.waitedMs - before.waitedMs);
  sum.serverMs += after.serverMs - before.serverMs;
  sum.rssMb = Math.max(sum.rssMb, after.rssMb);
}

async function askHonestly() {
  for (let n = 0; !over; n++) {
    const start = performance.now();
    const during = attacked;
    let tries = 1;
    while (!(await get(["/livez", "/inflight", "/metrics"][n % 3])) && tries < TRIES) {
      tries++;
      await sleep(RETRY_MS);
    }
    if (tries === TRIES) failures++;
    honest.push({ attacked: during, ms: performance.now() - start, tries });
    await sleep(50);
  }
}

/**
 * @param {string} path
 * @returns {Promise<boolean>} whether the whole answer came
 */
function get(path) {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const sent = request({ port: measured.port, path, agent: false, signal }, (response) => {
      response.resume();
      response.once("close", () => resolve(response.complete && response.statusCode === 200));
    });
    sent.once("error", () => resolve(false));
    sent.end();
  });
}

/**
 * @param {number} n
 * @param {{ own: Slices, other: Slices }} round
 */
function report(n, round) {
  const { own } = round;
  console.log(
    `[${n + 1}/${rounds}] rss ${own.rssMb.toFixed(0)} MiB  server's thread ${percent(own.serverMs / own.ms)} of a processor  ` +
      `JavaScript loses ${percent(loss(round, "ownMs"))} of what it does when it runs, ${percent(loss(round, "ms"))} in all`,
  );
}

/**
 * @param {{ own: Slices, other: Slices }} round
 * @param {"ms" | "ownMs"} time by which to divide: all of it, or that in which JavaScript did not wait for a processor
 * @returns {number} share of the work that is not done while its own process is attacked
 */
function loss({ own, other }, time) {
  return 1 - own.done / own[time] / (other.done / other[time]);
}

/** @param {number} share */
function percent(share) {
  return `${(share * 100).toFixed(2)} %`;
}

/** @returns {boolean} whether all is well */
function judge() {
  for (const [name, { sent, answered }] of Object.entries(tallies)) {
    console.log(`${name}: ${sent} sent, ${answered} answered`);
  }
  for (const during of [false, true]) {
    const asked = honest.filter((each) => each.attacked === during);
    const times = asked.map(({ ms }) => ms).sort((a, b) => a - b);
    const at = (/** @type {number} */ share) => times[Math.ceil(share * times.length) - 1].toFixed(1);
    const again = asked.filter(({ tries }) => tries > 1).length;
    console.log(
      `honest, ${during ? "" : "not "}attacked: ${asked.length} answers, ${again} of them after being turned away, ` +
        `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`,
    );
  }
  console.log(`honest requests without an answer: ${failures}`);
  const memory = results.map(({ own }) => own.rssMb);
  const third = Math.ceil(memory.length / 3);
  const growth = median(memory.slice(-third)) - median(memory.slice(0, third));
  const [least, most] = [Math.min(...memory), Math.max(...memory)];
  console.log(`memory: ${least.toFixed(0)} to ${most.toFixed(0)} MiB, growth ${growth.toFixed(1)} MiB`);
  const busy = results.map(({ own }) => own.serverMs / own.ms);
  console.log(`server's thread: ${percent(median(busy))} of a processor while it is attacked`);
  for (const time of /** @type {const} */ (["ownMs", "ms"])) {
    const all = results.map((round) => loss(round, time)).sort((a, b) => a - b);
    const quartile = (/** @type {number} */ share) => percent(all[Math.round(share * (all.length - 1))]);
    console.log(
      `JavaScript's loss ${time === "ms" ? "in all" : "when it runs"}: median ${percent(median(all))}, ` +
        `half of the rounds from ${quartile(0.25)} to ${quartile(0.75)}`,
    );
  }
  const long = rounds * 4 * slice >= 300_000;
  const lost = median(results.map((round) => loss(round, "ownMs")));
  return failures === 0 && growth <= GROWTH_MB && (!long || lost <= LOSS);
}
