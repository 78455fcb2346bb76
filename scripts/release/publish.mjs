// Publishes the packages that `npm run pack` made: the platforms' first, so that the main one never names what is not there. What
// the registry has already is left out, so a run that stopped halfway can be repeated.
// usage: node scripts/release/publish.mjs [packed/] [--provenance]

import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { PLATFORMS } from "../../js/store/native/platforms.js";
import { sizeProblems } from "../check-package/sizes.mjs";
import { packageName } from "../platforms/manifests.mjs";

const MAIN = "onescope";

/**
 * @typedef {object} Archive
 * @property {string} path
 * @property {string} name of the package
 * @property {string} version
 * @property {Record<string, string>} optionalDependencies
 */

/**
 * @param {string} folder
 * @returns {Archive[]}
 */
export function archivesIn(folder) {
  const names = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  return names.map((file) => {
    const path = resolve(folder, file);
    const manifest = execFileSync("tar", ["-xzOf", path, "package/package.json"], { encoding: "utf8" });
    const { name, version, optionalDependencies = {} } = JSON.parse(manifest);
    return { path, name, version, optionalDependencies };
  });
}

/**
 * Whether the archives are one release: the main package, and the package of every platform at the same version.
 *
 * @param {Archive[]} archives
 * @param {string[]} platforms names of the packages that have to be there
 * @returns {string[]} what is wrong
 */
export function problemsOf(archives, platforms = PLATFORMS.map(packageName)) {
  const expected = [...platforms, MAIN];
  const names = archives.map(({ name }) => name);
  const main = archives.find(({ name }) => name === MAIN);
  const problems = expected.filter((name) => !names.includes(name)).map((name) => `${name} is missing`);
  for (const [index, { name, version, path }] of archives.entries()) {
    if (!expected.includes(name)) {
      problems.push(`${path} has ${name}, which is no package of onescope`);
      continue;
    }
    if (names.indexOf(name) !== index) problems.push(`${name} is there twice`);
    if (main === undefined || name === MAIN) continue;
    if (version !== main.version) problems.push(`${name} is ${version}, ${MAIN} is ${main.version}`);
    if (main.optionalDependencies[name] !== version) {
      problems.push(`${MAIN} wants ${name}@${main.optionalDependencies[name]}, not ${version}`);
    }
  }
  return problems;
}

/**
 * @param {Archive[]} archives of one release
 * @param {{ args?: string[], env?: NodeJS.ProcessEnv, log?: (line: string) => void }} [options] `args` are further ones of
 *   `npm publish`
 * @throws {Error} if a package cannot be published, or if the registry has the same version with other content
 */
export async function publish(archives, { args = [], env = process.env, log = console.log } = {}) {
  const ordered = [...archives].sort((a, b) => Number(a.name === MAIN) - Number(b.name === MAIN));
  for (const { name, version, path } of ordered) {
    const there = await publishedIntegrity(name, version, env);
    const integrity = `sha512-${createHash("sha512").update(readFileSync(path)).digest("base64")}`;
    if (there === integrity) {
      log(`${name}@${version} is published`);
      continue;
    }
    if (there !== undefined) {
      throw new Error(`${name}@${version} is published with other content; release a new version`);
    }
    // A version such as 1.0.0-beta.1 is not for those who ask for no version.
    const tag = version.includes("-") ? "next" : "latest";
    await npm(["publish", path, "--access", "public", "--tag", tag, ...args], env);
    log(`${name}@${version} published as ${tag}`);
  }
}

/**
 * @param {string} name
 * @param {string} version
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string | undefined>} of the version in the registry
 * @throws {Error} if the registry does not answer
 */
async function publishedIntegrity(name, version, env) {
  try {
    const stdout = await npm(["view", `${name}@${version}`, "dist.integrity", "--json"], env);
    // npm prints nothing for a version that is not there, and fails for a package that is not.
    return stdout.trim() === "" ? undefined : JSON.parse(stdout);
  } catch (error) {
    if (/** @type {{ stdout?: string }} */ (error).stdout?.includes('"E404"')) return undefined;
    throw error;
  }
}

/**
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
async function npm(args, env) {
  const { stdout } = await promisify(execFile)("npm", args, { env });
  return stdout;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    options: { provenance: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const archives = archivesIn(positionals[0] ?? join(import.meta.dirname, "../../packed"));
  const problems = [...problemsOf(archives), ...archives.flatMap(({ name, path }) => sizeProblems(name, path))];
  if (problems.length > 0) {
    for (const problem of problems) console.error(`onescope: ${problem}`);
    console.error("onescope: nothing was published");
    process.exit(1);
  }
  await publish(archives, { args: values.provenance ? ["--provenance"] : [] });
}
