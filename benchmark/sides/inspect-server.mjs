// The server that inspect.mjs asks: the example's production build, and a bare one for what a request costs at least. It
// turns everything on and off as it is told, so that both sides are one process with one compiled code and one heap.

import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { trackLeaks, trackRequests, watch } from "../../js/inspect.js";
import { ROOT } from "../_util/root.mjs";

const example = join(ROOT, "examples/vinext-app");
process.chdir(example);
const module = pathToFileURL(join(example, "node_modules/vinext/dist/server/prod-server.js")).href;
const { startProdServer } = await import(module);
const { port } = await startProdServer({ port: 0, host: "127.0.0.1", outDir: "dist", silent: true });

const bare = createServer((_request, response) => response.end("ok")).listen(0, "127.0.0.1", () => {
  const address = /** @type {import("node:net").AddressInfo} */ (bare.address());
  process.send?.({ ports: { example: port, bare: address.port } });
});

/** @type {Array<{ stop(): void }>} */
let parts = [];

const answers = {
  on: () => {
    parts = [trackRequests(), trackLeaks(), watch()];
  },
  off: () => {
    for (const part of parts) part.stop();
    parts = [];
  },
  cpu: () => {},
};

process.on("message", (/** @type {keyof typeof answers} */ order) => {
  answers[order]();
  process.send?.({ cpu: process.cpuUsage() });
});
