// A preload that starts every diagnostic in each thread that runs it, and keeps the handles for the program.

import { record, serve, trackRequests, watch } from "onescope/inspect";

globalThis.handles = {
  track: trackRequests(),
  watch: watch({ onStall: () => {} }),
  record: record({ directory: process.env.TEST_FLIGHTS ?? "" }),
  serve: serve({ port: 0 }),
};
