import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../_support/run.mjs";

const WORKERD = join(ROOT, "node_modules/@cloudflare/workerd-linux-64/bin/workerd");

/** The earliest date at which Workers have everything that onescope needs; every later one has it too. */
const COMPATIBILITY_DATE = "2025-05-05";

/** @type {string} */
const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker.js", esModule = embed "worker.js")],
    compatibilityDate = "${COMPATIBILITY_DATE}",
    compatibilityFlags = ["nodejs_compat"],
  ))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;

/**
 * Starts workerd with one worker, on a free port of the loopback address.
 *
 * @param {string} code of an ES module
 * @returns {Promise<{ origin: string, output: () => string, stop: () => Promise<void> }>}
 */
export async function startWorkerd(code) {
  const directory = mkdtempSync(join(tmpdir(), "onescope-workerd-"));
  writeFileSync(join(directory, "worker.js"), code);
  writeFileSync(join(directory, "config.capnp"), CONFIG);
  // Says on descriptor 3 which port it got.
  const child = spawn(WORKERD, ["serve", "config.capnp", "--control-fd=3"], {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (text) => (output += text));
  const ended = new Promise((resolve) => child.once("close", resolve));
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  let messages = "";
  const port = await Promise.race([
    ended.then(() => undefined),
    new Promise((resolve) => {
      /** @type {any} */ (child.stdio[3]).setEncoding("utf8").on("data", (/** @type {string} */ text) => {
        messages += text;
        const found = /"port":(\d+)/.exec(messages);
        if (found !== null) resolve(found[1]);
      });
    }),
  ]);
  if (port === undefined) {
    await stop();
    throw new Error(`workerd ended:\n${output}`);
  }
  return { origin: `http://127.0.0.1:${port}`, output: () => output, stop };
}
