// Whether the manifests name what is in the archives (publint), and whether Node and TypeScript find the same modules by the
// names of the entries (arethetypeswrong).

import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

/** @import { Found, Packed } from "../check-package.mjs" */

/**
 * Ways of finding modules that the package does not support. It is ESM, and what requires it is a Node that can require ESM;
 * TypeScript calls this resolution `node16-esm`.
 */
const UNSUPPORTED = ["node10", "node16-cjs"];

/** @param {Packed} packed */
export async function checkManifests({ archives }) {
  /** @type {string[]} */
  const problems = [];
  for (const [name, archive] of Object.entries(archives)) {
    const file = readFileSync(archive);
    const tarball = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
    const { messages, pkg } = await publint({ pack: { tarball }, level: "warning", strict: true });
    problems.push(...messages.map((message) => `${name}: ${formatMessage(message, pkg, { color: false })}`));
  }
  return { problems };
}

/**
 * @param {Packed} packed
 * @returns {Promise<Found>}
 */
export async function checkEntries({ main }) {
  const pkg = createPackageFromTarballData(new Uint8Array(readFileSync(main)));
  const manifest = JSON.parse(pkg.readFile(`/node_modules/${pkg.packageName}/package.json`));
  const files = pkg.listFiles().map((path) => path.slice(`/node_modules/${pkg.packageName}/`.length));
  const entrypoints = entriesOf(manifest, files).filter((entry) => !entry.endsWith(".json"));
  const result = await checkPackage(pkg, { entrypoints });
  if (!result.types) return { problems: ["the package has no types"] };
  const problems = result.problems
    .filter((problem) => !("resolutionKind" in problem && UNSUPPORTED.includes(problem.resolutionKind)))
    .map((problem) => JSON.stringify(problem));
  return { problems };
}

/**
 * The entries of a package, with those that a pattern stands for.
 *
 * @param {{ exports: Record<string, any> }} manifest
 * @param {string[]} files paths in the package
 * @returns {string[]} such as `./inspect`
 */
export function entriesOf({ exports }, files) {
  const hidden = Object.keys(exports).filter((key) => exports[key] === null);
  const isHidden = (/** @type {string} */ entry) =>
    hidden.some((key) => entry === key || (key.endsWith("*") && entry.startsWith(key.slice(0, -1))));
  return Object.entries(exports).flatMap(([key, target]) => {
    if (target === null) return [];
    if (!key.includes("*")) return [key];
    const [before, after] = target.types.replace(/^\.\//, "").split("*");
    return files
      .filter((path) => path.startsWith(before) && path.endsWith(after))
      .map((path) => key.replace("*", path.slice(before.length, path.length - after.length)))
      .filter((entry) => !isHidden(entry));
  });
}

/**
 * @param {string} folder
 * @returns {Promise<{ manifest: any, entries: string[] }>} of an unpacked package
 */
export async function readEntries(folder) {
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const files = await readdir(folder, { recursive: true });
  return { manifest, entries: entriesOf(manifest, files).filter((entry) => !entry.endsWith(".json")) };
}
