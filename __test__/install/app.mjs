import { execFile, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A fresh app, in a folder outside the repository, with nothing but Node and npm. */
export class App {
  /** @type {NodeJS.ProcessEnv} */
  #env;
  #root = mkdtempSync(join(realpathSync(tmpdir()), "onescope-app-"));
  folder = join(this.#root, "app");

  /**
   * @param {string} name of a folder in apps/
   * @param {string} npmrc
   */
  constructor(name, npmrc) {
    cpSync(join(import.meta.dirname, "apps", name), this.folder, { recursive: true });
    const bin = join(this.#root, "bin");
    mkdirSync(bin);
    for (const [command, path] of Object.entries(commands())) symlinkSync(path, join(bin, command));
    this.#env = {
      PATH: bin,
      HOME: this.#root,
      npm_config_userconfig: npmrc,
      npm_config_audit: "false",
      npm_config_fund: "false",
      npm_config_loglevel: "error",
      NEXT_TELEMETRY_DISABLED: "1",
      // Neither another test's processes nor its port.
      ONESCOPE_RUNTIME_DIR: join(this.#root, "processes"),
      ONESCOPE_SERVE: "0",
      CI: "1",
    };
  }

  /**
   * @param {string} command npm or npx
   * @param {string[]} args
   * @param {NodeJS.ProcessEnv} [env]
   * @returns {Promise<string>} what it printed
   */
  async run(command, args, env = {}) {
    const options = { cwd: this.folder, env: { ...this.#env, ...env }, maxBuffer: 2 ** 28 };
    const { stdout, stderr } = await run(join(this.#root, "bin", command), args, options).catch((error) => {
      throw new Error(`${command} ${args.join(" ")} failed:\n${error.stdout}\n${error.stderr}`);
    });
    return stdout + stderr;
  }

  /**
   * Starts the app with a script of its own.
   *
   * @param {NodeJS.ProcessEnv} [env]
   * @param {string} [script]
   * @returns {Promise<{ get: (path: string) => Promise<{ status: number, text: string }>, stderr: () => string[],
   *   stop: () => Promise<void> }>}
   */
  async start(env = {}, script = "start") {
    const child = spawn(join(this.#root, "bin/npm"), ["run", script, "--silent"], {
      cwd: this.folder,
      env: { ...this.#env, PORT: "0", ...env },
      stdio: ["ignore", "pipe", "pipe"],
      // npm does not pass signals on to what it started, so all of it is ended as one group.
      detached: true,
    });
    let output = "";
    let stderr = "";
    const ended = new Promise((resolve) => child.once("close", resolve));
    const kill = () => {
      try {
        process.kill(-(/** @type {number} */ (child.pid)), "SIGKILL");
      } catch {}
    };
    process.once("exit", kill);
    const stop = async () => {
      process.off("exit", kill);
      kill();
      await ended;
    };
    const origin = await new Promise((resolve, reject) => {
      const look = () => {
        const found = /http:\/\/(?:localhost|127\.0\.0\.1):(\d+)/.exec(output);
        if (found) resolve(`http://127.0.0.1:${found[1]}`);
      };
      child.stdout.setEncoding("utf8").on("data", (text) => look((output += text)));
      child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
      child.once("close", (code) => reject(new Error(`the app ended with code ${code}:\n${output}\n${stderr}`)));
      setTimeout(() => reject(new Error(`the app does not listen:\n${output}\n${stderr}`)), 120_000).unref();
    }).catch(async (error) => {
      await stop();
      throw error;
    });
    const get = async (/** @type {string} */ path) => {
      const response = await fetch(origin + path);
      return { status: response.status, text: await response.text() };
    };
    return { get, stderr: () => stderr.split("\n").filter((line) => line !== ""), stop };
  }

  /** @returns {Record<string, string>} by path, what is in each file that is the app's own, in base64 */
  files() {
    const made = new Set(["node_modules", "dist", ".next", ".vinext", ".onescope", "next-env.d.ts"]);
    const paths = readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.folder.length + 1))
      .filter((path) => !made.has(path.split(sep)[0]));
    return Object.fromEntries(paths.sort().map((path) => [path, readFileSync(join(this.folder, path), "base64")]));
  }

  remove() {
    rmSync(this.#root, { recursive: true, force: true });
  }
}

/** @returns {Record<string, string>} by name, the path of what an app may run: no cargo, no compiler, no other Node */
function commands() {
  const npm = realpathSync(which("npm"));
  return { node: process.execPath, npm, npx: join(npm, "../npx-cli.js"), sh: "/bin/sh", env: "/usr/bin/env" };
}

/** @param {string} command */
function which(command) {
  for (const folder of (process.env.PATH ?? "").split(":")) {
    try {
      return realpathSync(join(folder, command));
    } catch {}
  }
  throw new Error(`${command} was not found`);
}
