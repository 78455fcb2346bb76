import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { request } from "../http.mjs";
import { until } from "../wait.mjs";

/** @typedef {Record<string, string | undefined>} Environment */

/**
 * The environment of a command that starts with the Node of the calling spec, as a shell would find it.
 *
 * @param {Environment} env
 */
export function shellEnvironment(env) {
  return { ...process.env, ...env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
}

/**
 * Starts a command that starts a server, in a process group of its own, and waits until the server responds.
 *
 * @param {import("node:test").TestContext} t
 * @param {string[]} command
 * @param {{ cwd: string, env: Environment, url: string }} options
 */
export async function launch(t, [program, ...args], { cwd, env, url }) {
  const child = spawn(program, args, {
    cwd,
    env: shellEnvironment(env),
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  const ended = once(child, "exit");
  t.after(async () => {
    try {
      process.kill(-(/** @type {number} */ (child.pid)), "SIGKILL");
    } catch {}
    await ended;
  });
  const status = await until(
    () =>
      request(url).then(
        (response) => response.status,
        () => 0,
      ),
    (seen) => seen === 200 || child.exitCode !== null,
    () => new Promise((resolve) => setTimeout(resolve, 100)),
  );
  return { status, output: () => output, pid: /** @type {number} */ (child.pid) };
}
