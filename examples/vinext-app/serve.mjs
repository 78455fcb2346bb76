// Serves the production build, and says what onescope does for it.

import { subscribe } from "node:diagnostics_channel";
import { parseArgs } from "node:util";
import { startProdServer } from "vinext/server/prod-server";

const USAGE = `usage: node --import onescope/register serve.mjs [options]
  --port N     port to listen on, 0 for any that is free (3000, or PORT)
  --host NAME  address to listen on (127.0.0.1)
  --out DIR    build to serve (dist)
  --report     a line a second about requests, as on a terminal`;

const { values } = parseArgs({
  options: {
    port: { type: "string", default: process.env.PORT ?? "3000" },
    host: { type: "string", default: "127.0.0.1" },
    out: { type: "string", default: "dist" },
    report: { type: "boolean", default: process.stdout.isTTY === true },
    help: { type: "boolean", short: "h", default: false },
  },
});

if (values.help) {
  console.log(USAGE);
  process.exit(0);
}

let requests = 0;
subscribe("http.server.request.start", () => requests++);

const { port } = await startProdServer({
  port: Number(values.port),
  host: values.host,
  outDir: values.out,
  silent: true,
});
const url = `http://${values.host}:${port}`;

if (process.env.EXAMPLE_STOCK === "1") {
  console.log(`stock vinext on ${url} (Node ${process.versions.node})`);
} else {
  const { backend, store } = await import("onescope");
  // The storages of a server exist once it has served each kind of request, so ask for a page of each router first.
  for (const path of ["/dynamic", "/legacy/ssr"]) await (await fetch(url + path)).arrayBuffer();
  const { real, made, used, others } = store.storages();
  console.log(`vinext with onescope on ${url} (Node ${process.versions.node})`);
  console.log(`backend: ${backend}${store.reasons.length > 0 ? ` (${store.reasons.join("; ")})` : ""}`);
  console.log(
    `AsyncLocalStorage: ${others === false ? "" : "at least "}${real} real instead of ${made} (${used} in use so far)`,
  );
  if (values.report) report(store);
}

// One line for each second in which requests came in or are still in flight.
function report(store) {
  let before = requests;
  setInterval(() => {
    const { created, closed, inFlight } = store.counts();
    if (requests === before && inFlight === 0) return;
    console.log(
      `${new Date().toISOString().slice(11, 19)}  ${requests - before} requests/s  ` +
        `contexts: ${created} created, ${closed} closed, ${inFlight} in flight`,
    );
    before = requests;
  }, 1000).unref();
}
