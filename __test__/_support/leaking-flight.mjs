// A program that leaks one timer in 255 requests, so that the pages of its contexts fill the flight, and is then killed with
// three requests in flight; for recorder-full.spec.mjs. Needs --expose-gc. Argument: the directory.

import { once } from "node:events";
import { Agent, createServer, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { record, trackRequests } from "../../js/inspect.js";

trackRequests();
const recording = record({ directory: process.argv[2], maxBytes: 2 ** 20 });
let count = 0;
const server = createServer(({ url }, response) => {
  if (url === "/slow") return;
  if (++count % 255 === 0) setInterval(() => {}, 1e6);
  response.end("ok");
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address();
const agent = new Agent({ keepAlive: true, maxSockets: 4 });
const request = (/** @type {string} */ path) =>
  new Promise((resolve) => {
    get({ port, host: "127.0.0.1", path, agent }, (response) => response.resume().on("end", resolve));
  });
while (recording.usage().unrecorded < 3) {
  for (let n = 0; n < 255; n++) await request("/ok");
}
for (let n = 0; n < 3; n++) get({ port, host: "127.0.0.1", path: "/slow" }).on("error", () => {});
await sleep(600);
process.kill(process.pid, "SIGKILL");
