// Builds and serves the fixture app, in every variant in which an app can run on onescope.

import { existsSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { buildApp, EXAMPLE, ROOT } from "../../scripts/setup.mjs";
import { freePort, preloads, startServer, VARIANTS } from "../_support/server.mjs";

export const APP = join(ROOT, "__test__/parity/app");

/** @typedef {import("../_support/server.mjs").Server} Server */
/** @typedef {"production" | "development"} Mode */

/** @type {Mode[]} */
export const MODES = ["production", "development"];

/**
 * Builds what a variant needs in production, unless it is there and up to date.
 *
 * @param {string} variant key of `VARIANTS`
 * @param {string} [app] folder of the fixture app, or of a copy of it
 */
export function build(variant, app = APP) {
  linkPackages(app);
  const { stock } = VARIANTS[variant];
  buildApp({ directory: app, out: outOf(stock), stock });
}

/** The fixture has what the example has installed. @param {string} app */
function linkPackages(app) {
  const link = join(app, "node_modules");
  if (!existsSync(link)) symlinkSync(join(EXAMPLE, "node_modules"), link, "junction");
}

/** @param {boolean} stock */
const outOf = (stock) => (stock ? "dist-stock" : "dist");

/**
 * @param {{ node: { path: string, flags: string[] }, variant: string, mode: Mode, origin: string, backend?: string,
 *   preload?: string, app?: string }} options `origin` is what the app fetches from, see `startOrigin`
 * @returns {Promise<Server>}
 */
export async function serve({ node, variant, mode, origin, backend, preload, app = APP }) {
  linkPackages(app);
  const { stock, register } = VARIANTS[variant];
  const env = {
    EXAMPLE_STOCK: stock ? "1" : "0",
    PARITY_ORIGIN: origin,
    ONESCOPE_BACKEND: backend,
    NO_COLOR: "1",
  };
  const before = preloads(register, preload);
  if (mode === "production") {
    const args = [...before, "serve.mjs", outOf(stock)];
    return startServer({ node, args, env, cwd: app, announcement: /on (http:\/\/\S+)/ });
  }
  // vinext's links name the port, so the server cannot choose one by itself.
  const port = await freePort();
  const args = [...before, "node_modules/vite/bin/vite.js", "dev", "--port", `${port}`, "--strictPort"];
  return startServer({ node, args, env, cwd: app, announcement: /(http:\/\/localhost:\d+)/ });
}

/**
 * A server that responds with the number of requests that the path got.
 *
 * @returns {Promise<{ origin: string, stop(): void }>}
 */
export async function startOrigin() {
  /** @type {Map<string, number>} */
  const requests = new Map();
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    requests.set(path, (requests.get(path) ?? 0) + 1);
    response.end(`requested ${requests.get(path)}`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { origin: `http://127.0.0.1:${port}`, stop: () => void server.close().closeAllConnections() };
}
