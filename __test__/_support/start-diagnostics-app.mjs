import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { request } from "./http.mjs";
import { inheritedFlags, ROOT } from "./run.mjs";

const PROGRAM = fileURLToPath(new URL("diagnostics-app.mjs", import.meta.url));

/**
 * Starts diagnostics-app.mjs and waits until it listens.
 *
 * @param {{ serve?: object, watch?: object | false, flags?: string[] }} [options] `flags` are Node's
 */
export async function startDiagnosticsApp({ flags = [], ...options } = {}) {
  const child = spawn(process.execPath, [...inheritedFlags(), ...flags, PROGRAM, JSON.stringify(options)], {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: "", NODE_TEST_CONTEXT: undefined },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (errors += text));
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);
  const ended = once(child, "close");
  const [line] = await Promise.race([
    once(child.stdout.setEncoding("utf8"), "data"),
    ended.then(() => Promise.reject(new Error(`it did not start: ${errors}`))),
  ]);
  /** @type {{ app: string, page: string }} */
  const { app, page } = JSON.parse(line);
  return {
    app,
    page,
    /** @type {number} */
    pid: child.pid ?? 0,
    errors: () => errors,
    /** Sends a request to the app without waiting for the response. */
    poke: (/** @type {string} */ path) => void request(app + path).catch(() => {}),
    async stop() {
      process.off("exit", kill);
      kill();
      await ended;
    },
  };
}
