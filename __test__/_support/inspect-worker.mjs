// A worker with a tracked server: reports its port, then that a request waits, and after "go" what is left in flight.

import { once } from "node:events";
import { createServer } from "node:http";
import { parentPort } from "node:worker_threads";
import { counters, inFlight, trackRequests } from "../../js/inspect.js";
import { until } from "./wait.mjs";

const port = /** @type {import("node:worker_threads").MessagePort} */ (parentPort);
trackRequests();
const server = createServer(async (_request, response) => {
  port.postMessage("waiting");
  await once(port, "message");
  response.end(inFlight({ label: "/in/worker" })[0].label);
  response.once("close", async () => {
    port.postMessage((await until(counters, ({ inFlight }) => inFlight === 0)).inFlight);
  });
}).listen(0, "127.0.0.1");
await once(server, "listening");
port.postMessage(/** @type {import("node:net").AddressInfo} */ (server.address()).port);
