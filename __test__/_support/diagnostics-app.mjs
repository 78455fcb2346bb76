// A server with tracked requests and a diagnostics server, for specs and scripts.
// usage: node diagnostics-app.mjs '{ "serve": {…}, "watch": {…} | false }'
//
// It prints one line of JSON once both listen: `{ app, page }`, their addresses.

import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { label, serve, trackRequests, watch } from "../../js/inspect.js";

const options = JSON.parse(process.argv[2] ?? "{}");

trackRequests();
if (options.watch !== false) watch(options.watch);
const diagnostics = serve({ port: 0, ...options.serve });

/** Blocks the thread. */
function buildReport(ms) {
  const end = Date.now() + ms;
  while (Date.now() < end);
}

/** @type {Record<string, (ms: number, text: string) => unknown>} by path */
const routes = {
  "/quick": () => {},
  "/slow": (ms) => sleep(ms),
  "/report": (ms) => buildReport(ms),
  "/afterwards": (ms) => void setTimeout(buildReport, 100, ms),
  "/hang": () => new Promise(() => {}),
  "/named": (_ms, text) => {
    label(text);
    return new Promise(() => {});
  },
  "/labelled": (_ms, text) => label(text),
  "/stop": () => diagnostics.stop(),
};

const app = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  const route = routes[pathname] ?? routes["/slow"];
  // As a framework with routes does it: latencies are by route.
  if (pathname in routes) label(`${request.method} ${pathname}`);
  await route(Number(searchParams.get("ms")), searchParams.get("text") ?? "");
  response.end("done");
}).listen(0, "127.0.0.1");
await once(app, "listening");
const { port } = /** @type {import("node:net").AddressInfo} */ (app.address());
console.log(JSON.stringify({ app: `http://127.0.0.1:${port}`, page: diagnostics.url.slice(0, -1) }));
