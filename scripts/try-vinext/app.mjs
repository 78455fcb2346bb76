import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describeDifference, describeUnknown } from "../../js/vite/difference.js";
import { CORE, STATE } from "../../js/vite/modules.js";
import { node24, ROOT } from "../setup.mjs";

// The example app on another vinext.

const SOURCES = ["app", "lib", "pages", "middleware.ts", "next.config.ts", "tsconfig.json"];

/** What the app needs of each vinext, whether or not that version requires it. */
const NEEDED = ["vite", "@vitejs/plugin-react", "@vitejs/plugin-rsc", "react", "react-dom", "react-server-dom-webpack"];

const VITE_CONFIG = `import { existsSync, readFileSync, writeFileSync } from "node:fs";
import onescope from "onescope/vite";
import vinext from "vinext";

const stock = process.env.EXAMPLE_STOCK === "1";

// Which modules the server's bundles were made from.
const record = {
  name: "record-modules",
  applyToEnvironment: (environment) => environment.config.consumer === "server",
  generateBundle() {
    const known = existsSync("modules.json") ? JSON.parse(readFileSync("modules.json", "utf8")) : [];
    writeFileSync("modules.json", JSON.stringify([...new Set([...known, ...this.getModuleIds()])]));
  },
};

export default { plugins: [stock ? null : onescope(), vinext(), record] };
`;

/** Old versions neither choose a port by themselves nor print it. */
const SERVE = `import { createServer } from "node:net";
import { parseArgs } from "node:util";
import { startProdServer } from "vinext/server/prod-server";

const { values } = parseArgs({ options: { port: { type: "string" }, out: { type: "string" } } });
const port = await new Promise((resolve) => {
  const probe = createServer().listen(0, "127.0.0.1", () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});
await startProdServer({ port, host: "127.0.0.1", outDir: values.out, silent: true });
console.log("listening on http://127.0.0.1:" + port);
`;

/**
 * Installs a vinext with the newest of what it requires, and the example's sources.
 *
 * @param {string} version
 * @param {Record<string, string>} archives of onescope's packages, by name
 * @returns {{ folder: string, versions: Record<string, string> }} the app, and what was installed
 * @throws {Error} with npm's words if that fails
 */
export function makeApp(version, archives) {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "onescope-vinext-"));
  const response = npm(["view", `vinext@${version}`, "--json", "peerDependencies", "dependencies"], folder);
  const { peerDependencies: peers = {}, dependencies: own = {} } = JSON.parse(response);
  const needed = NEEDED.filter((name) => !(name in own)).map((name) => [name, peers[name] ?? "*"]);
  const packages = Object.entries(archives).map(([name, archive]) => [name, `file:${archive}`]);
  const dependencies = { vinext: version, ...Object.fromEntries([...packages, ...needed]) };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module", dependencies }));
  npm(["install", "--no-audit", "--no-fund", "--loglevel", "error"], folder);
  for (const name of SOURCES) cpSync(join(ROOT, "examples/vinext-app", name), join(folder, name), { recursive: true });
  writeFileSync(join(folder, "vite.config.mjs"), VITE_CONFIG);
  writeFileSync(join(folder, "serve.mjs"), SERVE);
  const versionOf = (/** @type {string} */ name) =>
    JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8")).version;
  return {
    folder,
    versions: Object.fromEntries(["vinext", "vite", "react", "@vitejs/plugin-rsc"].map((n) => [n, versionOf(n)])),
  };
}

/**
 * @param {string[]} args
 * @param {string} cwd
 */
function npm(args, cwd) {
  const { status, stdout, stderr } = spawnSync("npm", args, { cwd, encoding: "utf8", maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`npm ${args[0]} failed: ${stderr.trim().split("\n").slice(0, 6).join(" ")}`);
  return stdout;
}

/**
 * Builds the app for production.
 *
 * @param {string} folder
 * @param {{ stock: boolean }} options the stock build lands in `dist-stock`, the other in `dist`
 * @returns {{ modules: string[], warnings: string[] }} ids of the modules in the server's bundles; onescope's warnings
 * @throws {Error} with what Vite printed if that fails
 */
export function build(folder, { stock }) {
  const { status, stdout, stderr } = spawnSync(node24(), ["node_modules/vite/bin/vite.js", "build"], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, EXAMPLE_STOCK: stock ? "1" : "0", NO_COLOR: "1" },
    maxBuffer: 2 ** 26,
  });
  const output = stdout + stderr;
  if (status !== 0) throw new Error(`the build failed:\n${output.slice(-3000)}`);
  const modules = JSON.parse(readFileSync(join(folder, "modules.json"), "utf8"));
  renameSync(join(folder, "modules.json"), join(folder, `modules-${stock ? "stock" : "onescope"}.json`));
  if (stock) renameSync(join(folder, "dist"), join(folder, "dist-stock"));
  return { modules, warnings: output.split("\n").filter((line) => line.includes("[onescope]")) };
}

/**
 * What became of each module that onescope can replace.
 *
 * @param {string} folder
 * @param {string[]} modules in the bundles built with the plugin
 * @returns {Promise<Record<string, string>>} by name: `swapped`, or why not
 */
export async function fates(folder, modules) {
  const { parseAst } = await import(pathToFileURL(join(folder, "node_modules/vite/dist/node/index.js")).href);
  /** @type {Record<string, string>} */
  const found = {};
  for (const name of [...CORE, ...STATE]) {
    const shims = join(folder, "node_modules/vinext/dist/shims");
    const path = join(shims, `${name}.js`);
    const ours = modules.some((id) => id === `\0onescope:${name}` || id.endsWith(`/onescope/shims/${name}.js`));
    const theirs = modules.some((id) => id.endsWith(`/vinext/dist/shims/${name}.js`));
    if (ours) found[name] = theirs ? "in the bundle twice" : "swapped";
    else if (!existsSync(path)) found[name] = "absent";
    else {
      const isCore = CORE.includes(name);
      const why = isCore
        ? describeDifference(parseAst(readFileSync(path, "utf8")), name)
        : describeUnknown(shims, name);
      found[name] = why ?? (theirs ? "stays with a core module" : "not in the bundles");
    }
  }
  return found;
}
