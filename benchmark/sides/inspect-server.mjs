// The server that inspect.mjs and flight.mjs ask: the example's production build, and a bare one for what a request costs at
// least. It turns things on and off as it is told, so that both sides are one process with one compiled code and one heap.

import { channel } from "node:diagnostics_channel";
import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inflight, record, trackLeaks, trackRequests, watch } from "../../js/inspect.js";
import { ROOT } from "../_util/root.mjs";
import { temporaryFlight } from "../_util/temporary-flight.mjs";

const example = join(ROOT, "examples/vinext-app");
process.chdir(example);
const module = pathToFileURL(join(example, "node_modules/vinext/dist/server/prod-server.js")).href;
const { startProdServer } = await import(module);
const { port } = await startProdServer({ port: 0, host: "127.0.0.1", outDir: "dist", silent: true });

const bare = createServer((request, response) => {
  // Whether this very request is seen, for server-rounds.mjs to check its sides.
  response.end(request.url === "/seen" ? String(inflight({ label: "GET /seen" }).length) : "ok");
}).listen(0, "127.0.0.1", () => {
  const address = /** @type {import("node:net").AddressInfo} */ (bare.address());
  process.send?.({ ports: { example: port, bare: address.port } });
});

const flight = temporaryFlight();
const recordFlight = () => record({ path: flight });

/** @typedef {() => { stop(): void }} Part starts it */

/** @type {Record<import("../_util/server-rounds.mjs").Order, Part[]>} what is on, by what the server is told to do */
const ORDERS = {
  nothing: [],
  untold: [watch, trackLeaks, trackRequests],
  seen: [watch, trackLeaks, trackRequests],
  tracked: [trackRequests],
  recorded: [trackRequests, recordFlight],
};

/** @type {Map<Part, { stop(): void }>} what is on, by what started it */
const on = new Map();

/** @param {Part[]} parts */
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
let told = true;
started.publish = (message) => {
  // Node gives a channel another prototype when the first subscriber comes.
  if (told) Object.getPrototypeOf(started).publish.call(started, message);
};

process.on("message", (/** @type {keyof typeof ORDERS | "cpu"} */ order) => {
  if (order !== "cpu") {
    turnOn(ORDERS[order]);
    told = order !== "untold";
  }
  process.send?.({ cpu: process.cpuUsage() });
});
