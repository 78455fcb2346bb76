import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inspectProcess } from "../../../js/cli/ps/inspect.js";
import { listProcesses } from "../../../js/ps/processes.js";
import { ROOT } from "../run.mjs";

/** @typedef {Record<string, string | undefined>} Environment */

/**
 * @param {import("node:test").TestContext} t
 * @returns {{ home: string, flights(): string[], env: Environment }} `env`: each process records into an empty home and registers
 *   there; servers take any port that is free
 */
export function autoHome(t) {
  const home = mkdtempSync(join(tmpdir(), "onescope-auto-"));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const directory = join(home, "flights");
  const env = {
    NODE_OPTIONS: "--import=onescope/auto",
    NODE_TEST_CONTEXT: undefined,
    ONESCOPE_RUNTIME_DIR: join(home, "run"),
    ONESCOPE_RECORD: directory,
    ONESCOPE_SERVE: "0",
    ONESCOPE_BACKEND: undefined,
  };
  const flights = () => {
    try {
      return readdirSync(directory).filter((name) => name.endsWith(".flight"));
    } catch {
      return [];
    }
  };
  return { home, flights, env };
}

/**
 * Starts a program of this folder, and waits for its first line.
 *
 * @param {import("node:test").TestContext} t
 * @param {string[]} args name of the program and its arguments
 * @param {{ env: Environment, flags?: string[] }} options
 */
export async function startAuto(t, [program, ...args], { env, flags = [] }) {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, [...flags, path, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => child.kill("SIGTERM"));
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
  const ended = once(child, "exit");
  const [line] = await Promise.race([
    once(child.stdout, "data"),
    ended.then(([code]) => Promise.reject(new Error(`${code}: ${stderr}`))),
  ]);
  return {
    ...JSON.parse(line),
    /** @param {NodeJS.Signals} [signal] */
    async end(signal = "SIGTERM") {
      child.kill(signal);
      await ended;
      return stderr;
    },
  };
}

/**
 * @param {Environment} env
 * @returns {Promise<any[]>} what `onescope ps` lists
 */
export function listed({ ONESCOPE_RUNTIME_DIR: directory = "" }) {
  const running = listProcesses([directory]).filter((each) => each.running);
  return Promise.all(running.map(inspectProcess));
}
