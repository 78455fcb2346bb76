// A server that knows nothing of onescope. It prints its process id when it listens; a request for /hang gets no response.
// usage: node server.mjs [KIND]

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect, createServer as createHttp2Server } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import { connect as connectSocket, createServer as createNetServer } from "node:net";

/** @type {import("node:http").RequestListener} */
const respond = ({ url }, response) => {
  if (url !== "/hang") response.end(String(process.pid));
};
const servers = {
  http: () => createServer(respond),
  https: () => createHttpsServer({}, respond),
  http2: () => createHttp2Server((_, response) => response.end()),
  net: () => createNetServer(),
  // Its own server never listens.
  given: () => {
    const http = createServer(respond);
    return createNetServer((socket) => http.emit("connection", socket));
  },
};
const kind = /** @type {keyof typeof servers} */ (
  Object.keys(servers).find((name) => name === process.argv[2]) ?? "http"
);
const server = servers[kind]();
server.listen(0, "127.0.0.1", () => {
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const url = `http://127.0.0.1:${port}`;
  const isLoaded = () => readFileSync("/proc/self/maps", "utf8").includes("onescope.linux");
  const print = () => console.log(JSON.stringify({ pid: process.pid, url, loaded: isLoaded() }));
  if (kind === "given")
    connectSocket(port, "127.0.0.1").end("GET / HTTP/1.1\r\nHost: x\r\n\r\n").on("close", print).resume();
  else print();
  if (kind === "http2") connect(url).unref();
});
