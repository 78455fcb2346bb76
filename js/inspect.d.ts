/**
 * What runs in this process: requests in flight, labels, latencies, stalls, leaks, recordings and the diagnostics server.
 * Nothing starts until you call it. Not available in Cloudflare Workers. The guide is [docs/inspect.md](../inspect.md).
 *
 * @packageDocumentation
 */

export * from "./diagnostics/api.js";
export * from "./leaks/api.js";
export * from "./recorder/api.js";
export * from "./request/api.js";
export * from "./tracking/api.js";
export * from "./watchdog/api.js";
