// A program that startup.mjs starts: it serves one request and ends.

require("./usage.cjs");
const { createServer, get } = require("node:http");

const server = createServer((_, response) => response.end("ok")).listen(0, "127.0.0.1", () => {
  const { port } = server.address();
  get({ port, host: "127.0.0.1", agent: false }, (response) => response.resume().on("end", () => server.close()));
});
