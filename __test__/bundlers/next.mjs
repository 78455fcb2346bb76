import { rmSync } from "node:fs";
import { join } from "node:path";
import { runTool, serve } from "../_support/built-app.mjs";
import { freePort } from "../_support/server.mjs";
import { HERE, temporary } from "./packages.mjs";

export const APP = join(HERE, "next-app");
const NEXT = join(HERE, "node_modules/next/dist/bin/next");

/**
 * @typedef {object} Settings of next.config.mjs and the command line
 * @property {string} dist folder of the output, in the app
 * @property {boolean} [external] whether `serverExternalPackages` has onescope
 * @property {"standalone" | "export"} [output]
 * @property {boolean} [webpack] instead of Turbopack
 */

/** @param {Settings} settings */
function environment({ dist, external = false, output }) {
  const own = {
    TEST_DIST: dist,
    TEST_EXTERNAL: external ? "1" : "",
    TEST_OUTPUT: output ?? "",
  };
  return { NEXT_TELEMETRY_DISABLED: "1", NO_COLOR: "1", ...own };
}

/** @param {Settings} settings */
const bundlerOf = ({ webpack = false }) => (webpack ? ["--webpack"] : []);

/**
 * @param {Settings} settings
 * @returns {Promise<string>} what `next build` printed
 * @throws {Error} with that if it fails
 */
export function buildNext(settings) {
  rmSync(join(APP, settings.dist), { recursive: true, force: true });
  return runTool([NEXT, "build", ...bundlerOf(settings)], APP, environment(settings));
}

/**
 * Serves the app by `next start` or `next dev`, or a copy of its standalone output.
 *
 * @param {import("node:test").TestContext} t
 * @param {Settings} settings
 * @param {{ command?: "start" | "dev", copy?: string, preload?: string[] }} how `copy` is the folder of the copy
 */
export async function serveNext(t, settings, { command = "start", copy, preload = [] }) {
  const port = await freePort();
  const next = [NEXT, command, ...(command === "dev" ? bundlerOf(settings) : []), "-p", `${port}`, "-H", "127.0.0.1"];
  const args = [...preload, ...(copy === undefined ? next : ["server.js"])];
  const env = { ...environment(settings), FLIGHTS: temporary(t), PORT: `${port}`, HOSTNAME: "127.0.0.1" };
  const cwd = copy === undefined ? APP : join(copy, "next-app");
  // `next dev` serves from a child process, which the end of its parent leaves alone.
  const { output } = await serve(t, cwd, args, { env, announcement: /Ready (in)/, group: command === "dev" });
  const origin = `http://127.0.0.1:${port}`;
  const get = (/** @type {string} */ path) => fetch(origin + path);
  const state = async (/** @type {string} */ query) => {
    const response = await get(`/api/state?${query}`);
    if (response.status !== 200) throw new Error(`${response.status}\n${output()}`);
    return response.json();
  };
  return { origin, get, state, output };
}
