// Serves the production build, and says what onescope does for it.

import { join } from "node:path";
import { parseArgs } from "node:util";
import { startProdServer } from "vinext/server/prod-server";

const USAGE = `usage: node --import onescope/register serve.mjs [options]
  --port N         port to listen on, 0 for any that is free (3000, or PORT)
  --host NAME      address to listen on (127.0.0.1)
  --out DIR        build to serve (dist)
  --diagnostics N  port of the diagnostics page (9464, or any that is free if the app takes any)
  --report         a line a second about requests, as on a terminal`;

const { values } = parseArgs({
  options: {
    port: { type: "string", default: process.env.PORT ?? "3000" },
    host: { type: "string", default: "127.0.0.1" },
    out: { type: "string", default: "dist" },
    diagnostics: { type: "string" },
    report: { type: "boolean", default: process.stdout.isTTY === true },
    help: { type: "boolean", short: "h", default: false },
  },
});

if (values.help) {
  console.log(USAGE);
  process.exit(0);
}

const stock = process.env.EXAMPLE_STOCK === "1";
/** @type {string | null | undefined} */
let diagnostics;
/** @type {string | null | undefined} */
let flight;
if (!stock) {
  // Before the server loads: the watchdog marks the blocking calls of Node that others take from its modules later.
  const { record, serve, trackLeaks, trackRequests, watch } = await import("onescope/inspect");
  trackRequests();
  trackLeaks();
  watch();
  // The app serves without them too, as where it cannot write, or beside another server that has the port.
  flight = record({ directory: join(import.meta.dirname, ".onescope/flights") }).path;
  diagnostics = unlessRefused(() => serve({ port: diagnosticsPort() }).url);
}

const { port } = await startProdServer({
  port: Number(values.port),
  host: values.host,
  outDir: values.out,
  silent: true,
});
const url = `http://${values.host}:${port}`;

if (stock) {
  console.log(`stock vinext on ${url} (Node ${process.versions.node})`);
} else {
  const { backend, store } = await import("onescope");
  // The storages of a server exist once it has served each kind of request, so request a page of each router first.
  for (const path of ["/dynamic", "/legacy/ssr"]) await (await fetch(url + path)).arrayBuffer();
  const { made, used, others } = store.storages();
  console.log(`vinext with onescope on ${url} (Node ${process.versions.node})`);
  console.log(`backend: ${backend}${store.reasons.length > 0 ? ` (${store.reasons.join("; ")})` : ""}`);
  if (diagnostics) console.log(`diagnostics: ${diagnostics}`);
  console.log(`AsyncLocalStorage: ${others === false ? "" : "at least "}1 instead of ${made} (${used} in use so far)`);
  if (flight) console.log(`flight recording: npx onescope last-flight ${flight} (also after a crash)`);
  if (values.report) await report();
}

/**
 * @template T
 * @param {() => T} start
 * @returns {T | undefined}
 */
function unlessRefused(start) {
  try {
    return start();
  } catch (error) {
    console.error(/** @type {Error} */ (error).message);
  }
}

function diagnosticsPort() {
  if (values.diagnostics !== undefined) return Number(values.diagnostics);
  return values.port === "0" ? 0 : 9464;
}

// One line for each second in which requests came in or are still in flight, with the labels of those that are.
async function report() {
  const { counters, inFlight } = await import("onescope/inspect");
  let before = counters().created;
  setInterval(() => {
    const { created, closed, inFlight: open } = counters();
    if (created === before && open === 0) return;
    const byLabel = Object.entries(Object.groupBy(inFlight(), ({ label }) => label));
    console.log(
      `${new Date().toISOString().slice(11, 19)}  ${created - before} requests/s  ` +
        `contexts: ${created} created, ${closed} closed, ${open} in flight` +
        byLabel.map(([label, { length }]) => `  ${length}× ${label}`).join(""),
    );
    before = created;
  }, 1000).unref();
}
