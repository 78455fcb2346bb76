// Runs in its own worker thread (`start-probe-thread.js`): probes blocked threads for their request and their stack.

import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { loadNative } from "../store/native/load.js";
import { Probe } from "./probe.js";
import { frames } from "./stack.js";

/** How long a connection waits for another request: a second one follows soon after the first. */
const LINGER_MS = 100;

const watchdog = /** @type {import("../store/native/contract.js").Watchdog} */ (loadNative().native?.watchdog);

/** @type {Map<number, number>} by thread that is being probed: the stall of the latest request */
const pending = new Map();

/** @type {Map<number, { probe: Probe }>} by thread: its connection, a new object for each request */
const probes = new Map();

const port = /** @type {import("node:worker_threads").MessagePort} */ (parentPort);
let left = false;

// The only message there is: the watch is over. It may have been before this thread was up.
if (receiveMessageOnPort(port) === undefined) {
  // The watchdog's call keeps no event loop alive; the port does.
  port.on("message", leave);
  watchdog.watchHelper(probeThread);
}

/** Lets this thread end, once no connection is open. */
function leave() {
  left = true;
  for (const { probe } of probes.values()) probe.close();
  probes.clear();
  port.close();
}

/**
 * @param {number} thread
 * @param {number} probeId
 */
function probeThread(thread, probeId) {
  if (left) return;
  const isProbed = pending.has(thread);
  pending.set(thread, probeId);
  // A thread in native code will respond to the request that it has; the response then counts for the latest one.
  if (isProbed) return;
  // A request must not end this thread: one that ends with a connection open can end the process, since Node's main
  // thread may be about to send it a message.
  request(thread).catch(() => {
    pending.delete(thread);
    probes.get(thread)?.probe.close();
    probes.delete(thread);
  });
}

/** @param {number} thread */
async function request(thread) {
  const held = { probe: probes.get(thread)?.probe ?? new Probe(thread) };
  probes.set(thread, held);
  const response = await held.probe.request();
  const probeId = /** @type {number} */ (pending.get(thread));
  pending.delete(thread);
  if (response !== undefined) {
    const { id, heartbeat, stack } = response;
    watchdog.watchRespond({ thread, probeId, id, heartbeat, stack: frames(stack, workerData) });
  }
  await sleep(LINGER_MS);
  if (probes.get(thread) !== held) return;
  probes.delete(thread);
  held.probe.close();
}
