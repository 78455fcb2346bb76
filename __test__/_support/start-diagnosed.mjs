import { spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { fileURLToPath } from "node:url";
import { inheritedFlags, ROOT } from "./run.mjs";

const PROGRAM = fileURLToPath(new URL("diagnosed.mjs", import.meta.url));

/**
 * Starts diagnosed.mjs and waits until it listens.
 *
 * @param {{ serve?: object, watch?: object | false, flags?: string[] }} [options] `flags` are Node's
 */
export async function startDiagnosed({ flags = [], ...options } = {}) {
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
    /** Asks the app for a path and does not wait for the answer. */
    poke: (/** @type {string} */ path) => void ask(app + path).catch(() => {}),
    async stop() {
      process.off("exit", kill);
      kill();
      await ended;
    },
  };
}

/**
 * One request on a connection of its own.
 *
 * @param {string} url
 * @param {{ method?: string, headers?: import("node:http").OutgoingHttpHeaders, body?: string }} [options]
 * @returns {Promise<{ status: number, headers: import("node:http").IncomingHttpHeaders, text: string }>}
 */
export function ask(url, { method = "GET", headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, async (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece) => (text += piece));
      response.once("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      response.once("error", reject);
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

/** @param {string} url */
export const askJson = async (url) => JSON.parse((await ask(url)).text);
