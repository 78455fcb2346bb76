import { record, serve, trackRequests, watch } from "onescope/inspect";

/** @type {object[]} */
const stalls = [];
globalThis.onescopeTest = { stalls };

trackRequests();
watch({ thresholdMs: 200, onStall: (report) => stalls.push(report) });
globalThis.onescopeTest.diagnostics = serve({ port: 0 }).url;
record({ directory: process.env.FLIGHTS });
