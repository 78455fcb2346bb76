/**
 * Loaded with `node --import onescope/auto server.js`, or by `NODE_OPTIONS`, it starts everything without code: `onescope/register`
 * at once; `trackRequests()`, `watch()`, `record()` and `serve()` when the first HTTP server of the process listens. So a launcher
 * takes no port and no file. Environment variables configure it: docs/auto.md. It exports nothing, and never ends the process.
 *
 * @packageDocumentation
 */
export {};
