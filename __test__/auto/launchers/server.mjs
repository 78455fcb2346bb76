import { createServer } from "node:http";

createServer((_, response) => response.end(String(process.pid))).listen(process.env.PORT);
