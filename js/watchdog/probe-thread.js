// Runs in a worker thread of its own (`start-helper.js`): asks stuck threads for their request and their stack.

import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { loadNative } from "../store/native/load.js";
import { Look } from "./probe.js";
import { frames } from "./stack.js";

/** How long a connection waits for another question: a second look follows the first one soon. */
const LINGER_MS = 100;

const watchdog = /** @type {import("../store/native/contract.js").Watchdog} */ (loadNative().native?.watchdog);

/** @type {Map<number, number>} by thread that is being asked: the latest question */
const questions = new Map();

/** @type {Map<number, { look: Look }>} by thread: its connection, a new record for each question */
const looks = new Map();

const port = /** @type {import("node:worker_threads").MessagePort} */ (parentPort);
let left = false;

// The only message there is: the watch is over. It may have been before this thread was up.
if (receiveMessageOnPort(port) === undefined) {
  // The watchdog's call keeps no event loop alive; the port does.
  port.on("message", leave);
  watchdog.watchHelper(hear);
}

/** Lets this thread end, once no connection is open. */
function leave() {
  left = true;
  for (const { look } of looks.values()) look.close();
  looks.clear();
  port.close();
}

/**
 * @param {number} thread
 * @param {number} question
 */
function hear(thread, question) {
  if (left) return;
  const asked = questions.has(thread);
  questions.set(thread, question);
  // A thread in native code will answer the question that it has; the answer then counts for the latest one.
  if (asked) return;
  // This thread must not die of a question: one that ends with a connection open can take the process with it, for Node's
  // main thread may be about to tell it something.
  ask(thread).catch(() => {
    questions.delete(thread);
    looks.get(thread)?.look.close();
    looks.delete(thread);
  });
}

/** @param {number} thread */
async function ask(thread) {
  const held = { look: looks.get(thread)?.look ?? new Look(thread) };
  looks.set(thread, held);
  const answer = await held.look.ask();
  const stallId = /** @type {number} */ (questions.get(thread));
  questions.delete(thread);
  if (answer !== undefined) {
    const { seq, beat, stack } = answer;
    watchdog.watchAnswer({ thread, stallId, seq, beat, stack: frames(stack, workerData) });
  }
  await sleep(LINGER_MS);
  if (looks.get(thread) !== held) return;
  looks.delete(thread);
  held.look.close();
}
