import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { node24, ROOT } from "../../scripts/setup.mjs";
import { EXAMPLE } from "./example.mjs";
import { packed } from "./packed.mjs";
import { startServer } from "./server.mjs";

// Apps as a user has them: outside the repository, with onescope as npm installs it, and built by the real tools.

/** What a route responds with to say what onescope runs on: the addon that is loaded, and how many contexts there were. */
export const STATUS = `
import { backend, store } from "onescope";
process.report.excludeNetwork = true;
export const status = () => ({
  backend,
  created: store.counts().created,
  addons: process.report.getReport().sharedObjects.filter((path) => /onescope[^/]*\\.node$/.test(path)),
});
`;

/**
 * Makes an app in a temporary folder. Its packages are the example's and onescope's, which npm would have installed.
 *
 * @param {Record<string, string>} files by path, among them `package.json`
 * @returns {string} the folder
 */
export function makeApp(files) {
  const folder = temporary();
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  const link = (/** @type {string} */ from, /** @type {string} */ name) =>
    symlinkSync(join(from, "node_modules", name), join(modules, name), "junction");
  for (const name of readdirSync(join(EXAMPLE, "node_modules"))) if (!/^(\.|onescope$)/.test(name)) link(EXAMPLE, name);
  const { dependencies } = JSON.parse(readFileSync(join(packed().folder, "onescope/package.json"), "utf8"));
  for (const name of Object.keys(dependencies)) if (!existsSync(join(modules, name))) link(ROOT, name);
  for (const name of ["onescope", "@onescope"])
    cpSync(join(packed().folder, name), join(modules, name), { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/**
 * Moves a folder of an app to where there is nothing else, and removes the app.
 *
 * @param {string} app
 * @param {string} path of the folder in the app
 * @returns {string} the folder's new path
 */
export function deploy(app, path) {
  const target = join(temporary(), "deployed");
  cpSync(join(app, path), target, { recursive: true, verbatimSymlinks: true });
  rmSync(app, { recursive: true });
  return target;
}

/** @returns {string} a folder that is removed when the process ends: then no server writes to it any more */
function temporary() {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "onescope-app-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * @param {string} app
 * @param {string[]} [args] of Vite
 * @returns {Promise<string>} what Vite printed
 * @throws {Error} with that if the build fails
 */
export function build(app, args = ["build"]) {
  return runTool([join(app, "node_modules/vite/bin/vite.js"), ...args], app, { NO_COLOR: "1" });
}

/**
 * @param {string[]} args of Node 24
 * @param {string} cwd
 * @param {Record<string, string>} env
 * @returns {Promise<string>} what the tool printed
 * @throws {Error} with that if it fails
 */
export function runTool(args, cwd, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(node24(), args, {
      cwd,
      env: { ...process.env, NODE_OPTIONS: "", NODE_TEST_CONTEXT: undefined, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => (output += text));
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve(output) : reject(new Error(output))));
  });
}

/**
 * Starts a server of a deployed app under Node 24 with the native backend required or chosen as for a user.
 *
 * @param {import("node:test").TestContext} t
 * @param {string} cwd
 * @param {string[]} args of Node
 * @param {{ env?: Record<string, string>, announcement: RegExp, group?: boolean }} options see `startServer`
 */
export async function serve(t, cwd, args, { env = {}, ...options }) {
  const node = { path: node24(), flags: [] };
  const server = await startServer({ node, args, cwd, env: { ONESCOPE_BACKEND: "", ...env }, ...options });
  t.after(server.stop);
  return server;
}

/**
 * @param {string} folder
 * @returns {string[]} paths of the files that a browser would get and that have something of onescope's server part
 */
export function leaked(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  return paths.filter((path) => path.endsWith(".node") || readFileSync(path, "utf8").includes("onescope"));
}
