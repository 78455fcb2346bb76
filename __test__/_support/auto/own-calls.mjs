// A server that starts every diagnostic itself. usage: node own-calls.mjs DIRECTORY

import { record, serve, trackRequests, watch } from "onescope/inspect";

trackRequests();
watch({ thresholdMs: 5000 });
record({ directory: process.argv[2], keep: 1 });
serve({ port: 0, maxBlockedMs: 5000 });
await import("./server.mjs");
