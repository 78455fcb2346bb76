// Builds and serves the fixture app, in every way in which an app can run on onescope.

import { existsSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { buildApp, EXAMPLE, ROOT } from "../../scripts/setup.mjs";
import { freePort, preloads, startServer, WAYS } from "../_support/server.mjs";

export const APP = join(ROOT, "__test__/parity/app");

/** @typedef {import("../_support/server.mjs").Server} Server */
/** @typedef {"production" | "development"} Mode */

/** @type {Mode[]} */
export const MODES = ["production", "development"];

/**
 * Builds what a way needs in production, unless it is there and up to date.
 *
 * @param {string} way key of `WAYS`
 * @param {string} [app] folder of the fixture app, or of a copy of it
 */
export function build(way, app = APP) {
  linkPackages(app);
  const { stock } = WAYS[way];
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
 * @param {{ node: { path: string, flags: string[] }, way: string, mode: Mode, origin: string, backend?: string,
 *   preload?: string, app?: string }} options `origin` is what the app fetches from, see `startOrigin`
 * @returns {Promise<Server>}
 */
export async function serve({ node, way, mode, origin, backend, preload, app = APP }) {
  linkPackages(app);
  const { stock, register } = WAYS[way];
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
 * A server that answers each path with the number of times that it was asked for it.
 *
 * @returns {Promise<{ origin: string, stop(): void }>}
 */
export async function startOrigin() {
  /** @type {Map<string, number>} */
  const asked = new Map();
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    asked.set(path, (asked.get(path) ?? 0) + 1);
    response.end(`asked ${asked.get(path)}`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { origin: `http://127.0.0.1:${port}`, stop: () => void server.close().closeAllConnections() };
}
