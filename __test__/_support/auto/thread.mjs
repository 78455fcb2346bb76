// A server in a worker thread.

import { Worker } from "node:worker_threads";

new Worker(new URL("server.mjs", import.meta.url));
