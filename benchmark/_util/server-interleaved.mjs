// What differs by less than a server's processor time does from one second to the next is measured request by request: the
// variants are interleaved, and what is compared was measured within milliseconds.

import { FOUR, isOn } from "./pattern.mjs";
import { configure, connections, isSeen, requestMany } from "./server.mjs";
import { eachServer } from "./server-repetitions.mjs";
import { median } from "./stats.mjs";

/** Requests before anything is measured. */
const WARM_UP = { bare: 20_000, example: 1_500 };
const QUICK = 8;

/**
 * @typedef {typeof import("./server.mjs").BARE & { row: string, on: "seen" | "unseen", requests: number }} Interleaved `on`: what
 *   becomes of the requests of that variant, while those of the other are unseen; `requests` in a repetition, of both variants
 */

/**
 * Processor time that a server needs for a request, in ns, all threads and garbage collection included: from where Node reports
 * of it to where Node reports the next one, which is sent once the response has come. One process a repetition.
 *
 * @param {import("./options.mjs").Options} options
 * @param {Interleaved[]} targets
 * @returns {Promise<import("./repetitions.mjs").Row[]>}
 */
export async function measureInterleaved(options, targets) {
  const { quick } = options;
  return eachServer(options, targets, async (server, { server: name, path, on, requests }) => {
    const agent = connections(1);
    await configure(server, { order: "seen", interleaved: on });
    await checkInterleaved(server, on);
    await requestMany(agent, server.ports[name], path, quick ? QUICK : WARM_UP[name]);
    await configure(server, { interleaved: on });
    await requestMany(agent, server.ports[name], path, quick ? QUICK : requests);
    const { costs } = await configure(server);
    agent.destroy();
    return compare(costs.map((cost) => 1000 * cost));
  });
}

/**
 * @param {import("./server.mjs").Server} server
 * @param {"seen" | "unseen"} on
 */
async function checkInterleaved(server, on) {
  for (let index = 0; index < FOUR; index++) {
    const expected = on === "seen" && isOn(index);
    if ((await isSeen(server)) !== expected)
      throw new Error(`request ${index} of four should ${expected ? "" : "not "}be seen`);
  }
}

/** @param {number[]} costs of requests, in the order in which they were sent */
function compare(costs) {
  const whole = costs.slice(0, costs.length - (costs.length % FOUR));
  const off = whole.filter((_, index) => !isOn(index));
  const on = whole.filter((_, index) => isOn(index));
  /** @type {number[]} */
  const ratios = [];
  // Every four has two of each.
  for (let at = 0; at < on.length; at += 2) ratios.push((on[at] + on[at + 1]) / (off[at] + off[at + 1]));
  const figure = (/** @type {number[]} */ list) => ({ median: median(list), minimum: Math.min(...list) });
  return { off: figure(off), on: { ...figure(on), ratios } };
}
