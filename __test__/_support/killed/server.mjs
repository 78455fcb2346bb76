// A server that records, for kill.mjs: it responds to `/r/ID?ms=N` with the headers at once and the body after N ms, in the main
// thread and in a worker. Its argument is the directory to record into; it prints its two ports as JSON.

import { once } from "node:events";
import { createServer } from "node:http";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { record, trackRequests } from "../../../js/inspect.js";

async function listen() {
  trackRequests();
  const server = createServer((request, response) => {
    response.flushHeaders();
    const ms = Number(new URL(request.url, "http://host").searchParams.get("ms"));
    if (ms === 0) response.end("done");
    else setTimeout(() => response.end("done"), ms);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server.address().port;
}

if (isMainThread) {
  record({ directory: process.argv[2] });
  const worker = new Worker(new URL(import.meta.url));
  const [port] = await once(worker, "message");
  console.log(JSON.stringify({ ports: [await listen(), port] }));
} else parentPort.postMessage(await listen());
