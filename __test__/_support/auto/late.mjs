// A server that loads onescope/auto when it listens already, as frameworks do from `instrumentation.ts`.

import { once } from "node:events";
import { createServer } from "node:http";

const server = createServer((_, response) => response.end()).listen(0, "127.0.0.1");
await once(server, "listening");
await import("onescope/auto");
console.log(JSON.stringify({ pid: process.pid }));
