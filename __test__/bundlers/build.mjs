import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { HERE } from "./packages.mjs";

const require = createRequire(join(HERE, "package.json"));
const run = promisify(execFile);

/**
 * @typedef {object} Build
 * @property {string} input
 * @property {string} folder where the output goes
 * @property {boolean} [minify]
 * @property {boolean} [sourceMaps]
 * @property {boolean} [external] whether onescope is left out, by the setting of docs/bundlers.md
 */

/**
 * @typedef {(build: Build) => Promise<{ file: string, warnings: string[] }>} Bundler returns the path of the input's bundle, and
 *   what the bundler warned of
 */

/** @type {Record<string, Bundler>} by name: builds for Node, without any setting for onescope */
export const BUNDLERS = {
  "esbuild to ESM": (build) => esbuild(build, "node", "esm", "mjs"),
  "esbuild to CommonJS": (build) => esbuild(build, "node", "cjs", "cjs"),
  "rollup to ESM": (build) => rollup(build, "es", "mjs"),
  "rollup to CommonJS": (build) => rollup(build, "cjs", "cjs"),
  webpack: (build) => webpack(build, "node", "cjs"),
  ncc,
  "bun build": (build) => bun(build, "node", "mjs"),
};

/** @type {Record<string, Bundler>} by name: builds a script for browsers */
export const BROWSER_BUNDLERS = {
  esbuild: (build) => esbuild(build, "browser", "iife", "js"),
  rollup: (build) => rollup(build, "iife", "js"),
  webpack: (build) => webpack(build, "web", "js"),
  "bun build": (build) => bun(build, "browser", "js"),
};

/** @param {Build} build @param {string} extension */
function fileOf({ input, folder }, extension) {
  return join(folder, `${basename(input, ".js")}.${extension}`);
}

/** @param {Build} build @param {"node" | "browser"} platform @param {string} format @param {string} extension */
async function esbuild(build, platform, format, extension) {
  const { input, minify = false, sourceMaps = false, external = false } = build;
  const file = fileOf(build, extension);
  const options = { entryPoints: [input], outfile: file, bundle: true, platform, format, logLevel: "silent" };
  const left = { external: external ? ["onescope"] : [] };
  const { warnings } = await require("esbuild").build({ ...options, ...left, minify, sourcemap: sourceMaps });
  return { file, warnings: warnings.map((/** @type {{ text: string }} */ { text }) => text) };
}

/** @param {Build} build @param {"es" | "cjs" | "iife"} format @param {string} extension */
async function rollup(build, format, extension) {
  const { input, folder, sourceMaps = false, external = false } = build;
  const browser = format === "iife";
  /** @type {string[]} */
  const warnings = [];
  const bundle = await require("rollup").rollup({
    input,
    external: external ? [/^onescope(\/|$)/] : [],
    plugins: [require("@rollup/plugin-node-resolve").nodeResolve({ preferBuiltins: true, browser })],
    onwarn: (/** @type {{ message: string }} */ { message }) => void warnings.push(message),
  });
  const names = { entryFileNames: `[name].${extension}`, chunkFileNames: `[name].${extension}` };
  await bundle.write({ dir: folder, format, sourcemap: sourceMaps, ...names });
  await bundle.close();
  return { file: fileOf(build, extension), warnings };
}

/** @param {Build} build @param {"node" | "web"} target @param {string} extension */
async function webpack(build, target, extension) {
  const { input, folder, minify = false, sourceMaps = false, external = false } = build;
  const file = fileOf(build, extension);
  const options = {
    mode: minify ? "production" : "development",
    devtool: sourceMaps ? "source-map" : false,
    target,
    entry: input,
    ...(external ? { externals: [/^onescope(\/|$)/], externalsType: "node-commonjs" } : {}),
    output: { path: folder, filename: basename(file), chunkFilename: `[name].${extension}` },
  };
  const stats = await promisify(require("webpack"))(options);
  const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
  const messages = (/** @type {Array<{ message: string }>} */ list) => list.map(({ message }) => message);
  if (errors.length > 0) throw new Error(messages(errors).join("\n"));
  return { file, warnings: messages(warnings) };
}

/** @type {Bundler} */
async function ncc(build) {
  const { input, folder, minify = false, sourceMaps = false, external = false } = build;
  const externals = external ? ["onescope", "onescope/inspect", "onescope/opentelemetry"] : [];
  const options = { minify, sourceMap: sourceMaps, externals, quiet: true };
  const { code, map, assets } = await require("@vercel/ncc")(input, options);
  const file = fileOf(build, "js");
  const files = { [basename(file)]: code, ...(map ? { [`${basename(file)}.map`]: map } : {}) };
  for (const [name, { source }] of Object.entries(assets)) files[name] = source;
  for (const [name, source] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), source);
  }
  return { file, warnings: [] };
}

/** @param {Build} build @param {"node" | "browser"} target @param {string} extension */
async function bun(build, target, extension) {
  const { input, folder, minify = false, sourceMaps = false, external = false } = build;
  const file = fileOf(build, extension);
  const format = target === "browser" ? ["--format=iife"] : [];
  const left = external ? ["--external", "onescope"] : [];
  const flags = [...format, ...left, ...(minify ? ["--minify"] : []), ...(sourceMaps ? ["--sourcemap=linked"] : [])];
  const args = [
    "build",
    input,
    `--target=${target}`,
    `--outdir=${folder}`,
    `--entry-naming=${basename(file)}`,
    ...flags,
  ];
  const { stderr } = await run(join(HERE, "node_modules/.bin/bun"), args, { cwd: HERE });
  return { file, warnings: stderr.split("\n").filter((line) => /^warn/.test(line)) };
}
