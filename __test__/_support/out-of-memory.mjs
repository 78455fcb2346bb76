// A server that records, and runs out of V8's heap in one of its requests; its argument is the directory to record into.

import { once } from "node:events";
import { createServer, get } from "node:http";
import { record, trackRequests } from "../../js/inspect.js";

trackRequests();
record({ directory: process.argv[2] });

const held = [];
const server = createServer((request, response) => {
  if (request.url === "/") return response.end("ok");
  if (request.url === "/slow") return;
  for (;;) held.push(new Array(1000).fill(held.length));
}).listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address();
const request = (path) => get({ port, host: "127.0.0.1", path });

for (let n = 0; n < 5; n++) {
  const [response] = await once(request("/"), "response");
  await once(response.resume(), "end");
}
request("/slow");
setTimeout(() => request("/report?of=everybody"), 200);
