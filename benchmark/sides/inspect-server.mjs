// The server that inspect.mjs and flight.mjs ask: the example's production build, and a bare one for what a request costs at
// least. It turns things on and off as it is told, so that both sides are one process with one compiled code and one heap.

import { channel } from "node:diagnostics_channel";
import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { record, trackLeaks, trackRequests, watch } from "../../js/inspect.js";
import { ROOT } from "../_util/root.mjs";
import { temporaryFlight } from "../_util/temporary-flight.mjs";

const example = join(ROOT, "examples/vinext-app");
process.chdir(example);
const module = pathToFileURL(join(example, "node_modules/vinext/dist/server/prod-server.js")).href;
const { startProdServer } = await import(module);
const { port } = await startProdServer({ port: 0, host: "127.0.0.1", outDir: "dist", silent: true });

const bare = createServer((_request, response) => response.end("ok")).listen(0, "127.0.0.1", () => {
  const address = /** @type {import("node:net").AddressInfo} */ (bare.address());
  process.send?.({ ports: { example: port, bare: address.port } });
});

const flight = temporaryFlight();
const recordFlight = () => record({ path: flight });

/** @type {Record<import("../_util/server-rounds.mjs").Order, Array<() => { stop(): void }>>} what is on, by what the server is told to do */
const ORDERS = {
  nothing: [],
  untold: [watch, trackLeaks, trackRequests],
  seen: [watch, trackLeaks, trackRequests],
  tracked: [trackRequests],
  recorded: [trackRequests, recordFlight],
};

/** @type {Map<() => { stop(): void }, { stop(): void }>} what is on, by what started it */
const on = new Map();

/** @param {Array<() => { stop(): void }>} parts */
function turnOn(parts) {
  for (const [start, part] of on) {
    if (parts.includes(start)) continue;
    part.stop();
    on.delete(start);
  }
  for (const start of parts) if (!on.has(start)) on.set(start, start());
}

// To stop tracking and start it again changes the server's code under the engine, which is no part of what tracking costs:
// where the sides change every few requests, the other side is that Node's word of a request reaches nobody.
const started = channel("http.server.request.start");
const publish = started.publish.bind(started);
let told = true;
started.publish = (message) => {
  if (told) publish(message);
};

process.on("message", (/** @type {keyof typeof ORDERS | "cpu"} */ order) => {
  if (order !== "cpu") {
    turnOn(ORDERS[order]);
    told = order !== "untold";
  }
  process.send?.({ cpu: process.cpuUsage() });
});
