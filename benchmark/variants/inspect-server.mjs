// The server that inspect.mjs and flight.mjs measure: the example's production build, and a bare one for what a request costs at
// least. it interleaved things on and off by message, so that both variants are one process with one compiled code and one heap.

import { channel } from "node:diagnostics_channel";
import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inFlight, record, trackLeaks, trackRequests, watch } from "../../js/inspect.js";
import { isOn } from "../_util/pattern.mjs";
import { ROOT } from "../_util/root.mjs";
import { temporaryFlights } from "../_util/temporary-flight.mjs";

// The example waits for a random time at each step of a request; here for the shortest, on all variants alike.
Math.random = () => 0;

const example = join(ROOT, "examples/vinext-app");
process.chdir(example);
const module = pathToFileURL(join(example, "node_modules/vinext/dist/server/prod-server.js")).href;
const { startProdServer } = await import(module);
const { port } = await startProdServer({ port: 0, host: "127.0.0.1", outDir: "dist", silent: true });

const bare = createServer((request, response) => {
  // Whether this very request is seen, for server.mjs to check a variant.
  response.end(request.url === "/seen" ? String(inFlight({ label: "GET /seen" }).length) : "ok");
}).listen(0, "127.0.0.1", () => {
  const address = /** @type {import("node:net").AddressInfo} */ (bare.address());
  process.send?.({ ports: { example: port, bare: address.port } });
});

const flights = temporaryFlights();
const recordFlight = () => record({ directory: flights });

/** @typedef {() => { stop(): void }} Part starts it */

/** @type {Record<import("../_util/server.mjs").Order, Part[]>} what is on, by the order in the message */
const ORDERS = {
  nothing: [],
  seen: [watch, trackLeaks, trackRequests],
  tracked: [trackRequests],
  recorded: [trackRequests, recordFlight],
};

/** @type {Map<Part, { stop(): void }>} what is on, by what started it */
const on = new Map();

/** @param {Part[]} parts */
function enable(parts) {
  for (const [start, part] of on) {
    if (parts.includes(start)) continue;
    part.stop();
    on.delete(start);
  }
  for (const start of parts) if (!on.has(start)) on.set(start, start());
}

/** Where the variants change with each request. */
class Interleaved {
  /** @type {number[]} processor time of each request that is over, in µs */
  costs = [];
  #before = NaN;
  #seen;

  /** @param {boolean} seen requests of the variant `on`: else all are unseen */
  constructor(seen) {
    this.#seen = seen;
  }

  /** @returns {boolean} whether the request that begins now is to be seen */
  begin() {
    const { user, system } = process.cpuUsage();
    const now = user + system;
    if (!Number.isNaN(this.#before)) this.costs.push(now - this.#before);
    this.#before = now;
    return this.#seen && isOn(this.costs.length);
  }
}

/** @type {Interleaved | undefined} */
let interleaved;

// Tracking is not stopped and started anew for each request: for an unseen one Node's diagnostics channel has no subscriber.
const started = channel("http.server.request.start");
started.publish = (message) => {
  // Node gives a channel another prototype when the first subscriber comes.
  if (interleaved === undefined || interleaved.begin()) Object.getPrototypeOf(started).publish.call(started, message);
};

process.on(
  "message",
  (/** @type {Parameters<typeof import("../_util/server.mjs").configure>[1]} */ { order, interleaved: other } = {}) => {
    const costs = interleaved?.costs ?? [];
    if (order !== undefined) enable(ORDERS[order]);
    if (order !== undefined || other !== undefined)
      interleaved = other === undefined ? undefined : new Interleaved(other === "seen");
    process.send?.({ cpu: process.cpuUsage(), costs });
  },
);
