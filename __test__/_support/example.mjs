import { EXAMPLE } from "../../scripts/setup.mjs";
import { freePort, preloads, startServer, VARIANTS } from "./server.mjs";

export { EXAMPLE };

/** @typedef {import("./server.mjs").Server} Server */

/**
 * Starts the production server of a build of the example app.
 *
 * @param {{ path: string, flags: string[] }} node
 * @param {string} variant key of `VARIANTS`
 * @param {{ backend?: string, preload?: string, cwd?: string }} [options] `preload` is a module that is loaded first of
 *   all; `cwd` is a copy of the app
 * @returns {Promise<Server>}
 */
export function startProduction(node, variant, { backend, preload, cwd = EXAMPLE } = {}) {
  const { stock, register } = VARIANTS[variant];
  const args = [...preloads(register, preload), "serve.mjs", "--port", "0", "--out", stock ? "dist-stock" : "dist"];
  const env = { EXAMPLE_STOCK: stock ? "1" : "0", ONESCOPE_BACKEND: backend };
  return startServer({ node, args, env, cwd, announcement: /on (http:\/\/\S+)/ });
}

/**
 * Starts Vite's development server on the example app.
 *
 * @param {{ path: string, flags: string[] }} node
 * @param {string} variant key of `VARIANTS`
 * @param {{ backend?: string, preload?: string, cwd?: string }} [options] `cwd` is a copy of the app
 * @returns {Promise<Server>}
 */
export async function startDevelopment(node, variant, { backend, preload, cwd = EXAMPLE } = {}) {
  const { stock, register } = VARIANTS[variant];
  // vinext reads its own port, so the server cannot choose one by itself.
  const port = `${await freePort()}`;
  const args = [...preloads(register, preload), "node_modules/vite/bin/vite.js", "dev", "--port", port, "--strictPort"];
  const env = { EXAMPLE_STOCK: stock ? "1" : "0", ONESCOPE_BACKEND: backend, NO_COLOR: "1" };
  return startServer({ node, args, env, cwd, announcement: /(http:\/\/localhost:\d+)/ });
}
