// A server that comes near to Node's limit of listeners, and controls time while it starts to listen. Prints its process id.

const { createServer } = require("node:http");

for (let count = 0; count < 9; count++) process.on("exit", () => {});

const names = ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "setImmediate", "clearImmediate"];
const own = names.map((name) => [name, globalThis[name]]);
for (const name of names) globalThis[name] = () => 1;
createServer((_, response) => response.end("ok")).listen(0, "127.0.0.1", () => {
  for (const [name, value] of own) globalThis[name] = value;
  console.log(JSON.stringify({ pid: process.pid, exits: process.listenerCount("exit") }));
});
