// The server that inspect.mjs asks: the example's production build, and a bare one for what a request costs at least.
// Its first argument says whether requests are tracked.

import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { trackRequests } from "../../js/inspect.js";
import { ROOT } from "../_util/root.mjs";

if (process.argv[2] === "on") trackRequests();

const example = join(ROOT, "examples/vinext-app");
process.chdir(example);
const module = pathToFileURL(join(example, "node_modules/vinext/dist/server/prod-server.js")).href;
const { startProdServer } = await import(module);
const { port } = await startProdServer({ port: 0, host: "127.0.0.1", outDir: "dist", silent: true });

const bare = createServer((_request, response) => response.end("ok")).listen(0, "127.0.0.1", () => {
  const address = /** @type {import("node:net").AddressInfo} */ (bare.address());
  process.send?.({ ports: { example: port, bare: address.port } });
});

process.on("message", () => process.send?.({ cpu: process.cpuUsage() }));
