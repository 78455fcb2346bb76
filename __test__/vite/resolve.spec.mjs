import assert from "node:assert/strict";
import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, test } from "node:test";
import { CORE, STATE } from "../../js/vite/modules.js";
import onescope from "../../js/vite.js";
import { EXAMPLE } from "../_support/example.mjs";
import { ROOT } from "../_support/run.mjs";
import { stockFile } from "../_support/stock.mjs";

// The real Vite calls the plugin, as it does for every import of a module in the graph.

const require = createRequire(join(EXAMPLE, "package.json"));
const { createServer } = await import(require.resolve("vite"));
const server = await createServer({
  root: EXAMPLE,
  configFile: false,
  logLevel: "error",
  server: { middlewareMode: true, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true, include: [] },
  ssr: { noExternal: true },
  plugins: [onescope()],
});
after(() => server.close());

const ours = (name) => join(ROOT, `shims/${name}.js`);
const stock = (name) => realpathSync(stockFile(`shims/${name}.js`));

/** Where an import leads, in an environment. */
async function resolve(source, importer, environment = "ssr") {
  return (await server.environments[environment].pluginContainer.resolveId(source, importer))?.id;
}

/** How vinext's modules import each other. */
const relative = (name) => `./${name}.js`;

test("vinext's imports of a state module lead to ours, on the server", async () => {
  for (const name of STATE) assert.equal(await resolve(relative(name), stock("server")), ours(name), name);
});

test("vinext's imports of a core module lead to a module that re-exports ours", async () => {
  for (const name of CORE) assert.match(await resolve(relative(name), stock("server")), /^\0onescope:/, name);
});

test("the client keeps vinext's own", async () => {
  for (const name of [...CORE, ...STATE])
    assert.equal(await resolve(relative(name), stock("server"), "client"), stock(name));
});

test("what is not replaced stays vinext's", async () => {
  for (const name of ["cache", "cache-runtime", "fetch-cache", "navigation-context-state"])
    assert.equal(await resolve(relative(name), stock("server")), stock(name));
});

test("our modules find vinext's in the graph, and ours where that is a module that we replace", async () => {
  const importer = ours("cache-request-state");
  for (const name of ["internal/cache-context-accessor", "cdn-cache", "router"])
    assert.equal(await resolve(`vinext/shims/${name}`, importer), stock(name));
  for (const name of STATE) assert.equal(await resolve(`vinext/shims/${name}`, importer), ours(name));
});
