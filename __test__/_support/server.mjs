import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Ways to run an app: which build (or dev configuration) and which preload.
 *
 * @type {Record<string, { stock: boolean, register: boolean }>}
 */
export const VARIANTS = {
  stock: { stock: true, register: false },
  plugin: { stock: false, register: false },
  register: { stock: true, register: true },
  both: { stock: false, register: true },
};

// Far above what a slow machine needs: it only ends what would hang for ever.
const START_TIMEOUT_MS = 180_000;

/**
 * @param {boolean} register
 * @param {string} [preload] module that is loaded first of all
 * @returns {string[]} Node's arguments
 */
export function preloads(register, preload) {
  // Register comes first, as the documentation says.
  return [register ? "onescope/register" : undefined, preload].flatMap((name) => (name ? ["--import", name] : []));
}

/** @returns {Promise<number>} a port that was free just now */
export async function freePort() {
  const server = createServer().listen(0, "localhost");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  await once(server, "close");
  return port;
}

/**
 * @typedef {object} Server
 * @property {string} origin
 * @property {() => string} output everything that the server printed so far, and how it ended if it did
 * @property {() => Promise<any>} store what the server's store holds (needs `print-store.mjs` as its preload)
 * @property {() => Promise<void>} stop
 */

/**
 * Starts a server and waits until it says where it listens.
 *
 * @param {{ node: { path: string, flags: string[] }, args: string[], env: Record<string, string | undefined>, cwd: string,
 *   announcement: RegExp, group?: boolean }} options `announcement` captures the origin from what the server prints when it
 *   listens; `group`: it has child processes, which end with it
 * @returns {Promise<Server>}
 */
export function startServer({ node: { path, flags }, args, env, cwd, announcement, group = false }) {
  return new Promise((resolve, reject) => {
    const clean = { NODE_OPTIONS: "", NODE_TEST_CONTEXT: undefined, FORCE_COLOR: undefined };
    const child = spawn(path, [...flags, ...args], {
      cwd,
      // A dev server that was killed leaves its lock behind, which goes by the number of a process, and those come again.
      env: { ...process.env, ...clean, VINEXT_NO_DEV_LOCK: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: group,
    });
    let output = "";
    const ended = new Promise((done) => child.once("close", done));
    // Its parent may end by an error, and must not leave it behind.
    const kill = () => {
      if (!group || child.pid === undefined) return void child.kill("SIGKILL");
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // All of them have ended.
      }
    };
    process.once("exit", kill);
    const stop = async () => {
      process.off("exit", kill);
      kill();
      await ended;
    };
    const timer = setTimeout(() => {
      reject(new Error(`the server did not start within ${START_TIMEOUT_MS / 1000} s:\n${output}`));
      void stop();
    }, START_TIMEOUT_MS);
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      output += `\nthe server ended with ${signal ?? `code ${code}`}\n`;
      reject(new Error(output));
    });
    const waitForOrigin = () => {
      const found = announcement.exec(output);
      if (found === null) return;
      clearTimeout(timer);
      child.stdout.off("data", waitForOrigin);
      child.stderr.off("data", waitForOrigin);
      resolve({ origin: found[1], output: () => output, store: () => requestStore(child), stop });
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
function requestStore(child) {
  return new Promise((resolve) => {
    const { stdout } = child;
    let text = "";
    const onText = (/** @type {string} */ piece) => {
      text += piece;
      const line = /^\{"counts".*\}$/m.exec(text)?.[0];
      if (line === undefined || !text.includes(`${line}\n`)) return;
      stdout?.off("data", onText);
      resolve(JSON.parse(line));
    };
    stdout?.on("data", onText);
    child.kill("SIGUSR2");
  });
}
