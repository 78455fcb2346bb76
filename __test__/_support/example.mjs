import { spawn } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./run.mjs";

export const EXAMPLE = join(ROOT, "examples/vinext-app");

/**
 * Ways to run the example app: which build (or dev configuration) and which preload.
 *
 * @type {Record<string, { stock: boolean, register: boolean }>}
 */
export const WAYS = {
  stock: { stock: true, register: false },
  plugin: { stock: false, register: false },
  register: { stock: true, register: true },
  both: { stock: false, register: true },
};

/**
 * @param {boolean} register
 * @param {string | undefined} preload
 */
function preloads(register, preload) {
  // Register comes first, as users are told.
  return [register ? "onescope/register" : undefined, preload].flatMap((name) => (name ? ["--import", name] : []));
}

/**
 * @typedef {object} Server
 * @property {string} origin
 * @property {() => string} output everything that the server printed so far
 * @property {() => Promise<any>} store what the server's store holds (needs `print-store.mjs` as its preload)
 * @property {() => Promise<void>} stop
 */

/**
 * Starts the production server of a build.
 *
 * @param {{ path: string, flags: string[] }} node
 * @param {string} way key of {@link WAYS}
 * @param {{ backend?: string, preload?: string, cwd?: string }} [options] `preload` is a module that is loaded first of
 *   all; `cwd` is a copy of the app
 * @returns {Promise<Server>}
 */
export function startProduction(node, way, { backend, preload, cwd } = {}) {
  const { stock, register } = WAYS[way];
  const args = [...preloads(register, preload), "serve.mjs", "--port", "0", "--out", stock ? "dist-stock" : "dist"];
  const env = { EXAMPLE_STOCK: stock ? "1" : "0", ONESCOPE_BACKEND: backend };
  return start(node, args, env, /on (http:\/\/\S+)/, cwd);
}

/**
 * Starts Vite's development server.
 *
 * @param {{ path: string, flags: string[] }} node
 * @param {string} way key of {@link WAYS}
 * @param {{ port: number, backend?: string, preload?: string }} options vinext reads its own port, so the server cannot choose one
 * @returns {Promise<Server>}
 */
export function startDevelopment(node, way, { port, backend, preload }) {
  const { stock, register } = WAYS[way];
  const args = [...preloads(register, preload), "node_modules/vite/bin/vite.js", "dev", "--port", `${port}`];
  const env = { EXAMPLE_STOCK: stock ? "1" : "0", ONESCOPE_BACKEND: backend, NO_COLOR: "1" };
  return start(node, [...args, "--strictPort"], env, /(http:\/\/localhost:\d+)/);
}

/**
 * @param {{ path: string, flags: string[] }} node
 * @param {string[]} args
 * @param {Record<string, string | undefined>} env
 * @param {RegExp} announcement captures the origin from what the server prints when it listens
 * @param {string} [cwd]
 * @returns {Promise<Server>}
 */
function start({ path, flags }, args, env, announcement, cwd = EXAMPLE) {
  return new Promise((resolve, reject) => {
    const child = spawn(path, [...flags, ...args], {
      cwd,
      env: { ...process.env, NODE_OPTIONS: "", NODE_TEST_CONTEXT: undefined, FORCE_COLOR: undefined, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const ended = new Promise((done) => child.once("close", done));
    const stop = async () => {
      child.kill("SIGKILL");
      await ended;
    };
    const timer = setTimeout(() => {
      reject(new Error(`the server did not start within 60 s:\n${output}`));
      void stop();
    }, 60_000);
    child.once("close", (code) => reject(new Error(`the server ended with code ${code}:\n${output}`)));
    const waitForOrigin = () => {
      const found = announcement.exec(output);
      if (found === null) return;
      clearTimeout(timer);
      child.stdout.off("data", waitForOrigin);
      child.stderr.off("data", waitForOrigin);
      resolve({ origin: found[1], output: () => output, store: () => askStore(child), stop });
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (output += text));
      stream.on("data", waitForOrigin);
    }
  });
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<any>}
 */
function askStore(child) {
  return new Promise((resolve) => {
    const { stdout } = child;
    const onText = (/** @type {string} */ text) => {
      const line = text.split("\n").find((each) => each.startsWith('{"counts"'));
      if (line === undefined) return;
      stdout?.off("data", onText);
      resolve(JSON.parse(line));
    };
    stdout?.on("data", onText);
    child.kill("SIGUSR2");
  });
}
