// A server that blocks on request, in its main thread or in a worker. Requests write down their id before they block.
// usage: node app.mjs '{"place":"main","thresholdMs":300,"watcher":"onescope"}'

import { writeSync } from "node:fs";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { isMainThread, Worker, workerData } from "node:worker_threads";

// As it is before the watch begins: what a request writes down must leave no trace in the store.
const write = writeSync.bind(undefined);

const { watch } = await import("../../../js/inspect.js");
const { store } = await import("../../../js/index.js");
const { SlotStorage } = await import("../../../js/async-context/slot-storage.js");
const { closeAfterResponse, createRequestContext, runWithRequestContext, runWithUnifiedStateMutation } = await import(
  "../../../shims/unified-request-context.js"
);
const { blocker } = await import("./block.mjs");

const { place, thresholdMs, watcher } = isMainThread ? JSON.parse(process.argv[2]) : workerData;

/** What a program has besides onescope. */
const others = [new SlotStorage(), new SlotStorage()];

/** @type {() => void} */
let block = () => {};

/** @type {typeof import("./peer.mjs") | undefined} */
const peer = watcher === "onescope" ? undefined : await import("./peer.mjs");

if (isMainThread) {
  if (peer === undefined) watch({ thresholdMs });
  else peer.startWatchdog(thresholdMs);
}
if (isMainThread && place === "worker")
  new Worker(new URL(import.meta.url), { workerData: JSON.parse(process.argv[2]) });
else serve();

function serve() {
  peer?.register();
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(/** @type {string} */ (request.url), "http://localhost");
    const query = Object.fromEntries(searchParams);
    if (pathname === "/prepare") {
      block = blocker(query.kind, query.ms === undefined ? undefined : Number(query.ms));
      // With its first context a thread begins its heartbeat. Without one it is taken to be starting.
      runWithRequestContext(createRequestContext({ headers: new Headers() }), () => {});
      await sleep(300);
      response.end();
      return;
    }
    // A native value gives it its record, and so its id, before it is entered.
    const context = createRequestContext({ headers: new Headers(), isDraftMode: true });
    const id = /** @type {number} */ (store.id(context));
    // The peer gets what it requires: a storage that holds the request.
    const run = (/** @type {() => Promise<void>} */ handler) =>
      peer === undefined ? runWithRequestContext(context, handler) : peer.run({ id }, handler);
    await run(() => respond(query, id));
    await closeAfterResponse(context);
    response.end();
  });
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1", () => {
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    write(1, `${JSON.stringify({ port })}\n`);
  });
}

/**
 * One request. Those that do not block wait as long as the others block.
 *
 * @param {Record<string, string>} query `role`: `culprit`, `second` or none; `when`: when the culprit blocks
 * @param {number} id
 */
async function respond({ role, when }, id) {
  if (role === "culprit" && when === "before any await") return blockNow(id);
  for (let step = 0; step < 4; step++) await sleep(5 + ((id * 7) % 11));
  await null;
  // All twenty are in flight by now, each has been in and out several times, and this timer fires for all at once.
  await sleep(60);
  if (role === "culprit") nested(when, () => blockNow(id));
  else if (role === "second") {
    // Apart from the first by some heartbeats, or at once.
    if (when === "two in turn") await sleep(250);
    blockNow(id);
  }
  await sleep(20);
}

/**
 * @param {string} when
 * @param {() => void} call
 */
function nested(when, call) {
  if (when !== "nested scopes") return call();
  const inner = () => others[0].run({}, () => others[1].run(1, () => others[0].exit(call)));
  if (peer !== undefined) return inner();
  runWithUnifiedStateMutation(() => {}, inner);
}

/** @param {number} id */
function blockNow(id) {
  write(1, `${JSON.stringify({ blocks: id, at: Date.now() })}\n`);
  block();
  write(1, `${JSON.stringify({ unblocked: id, at: Date.now() })}\n`);
}
