import { posix } from "node:path";
import { STARTED_BY_SCRIPT } from "./project.js";

/** @import { Project } from "./project.js" */

// Which source files of an app its server loads, as far as names say it.

const EXTENSIONS = ["js", "mjs", "cjs", "ts", "mts", "cts", "tsx", "jsx"];

const EXTENSION = /\.[cm]?[jt]sx?$/;

/** A module of the app itself, by a path or by one of the usual aliases. */
const OWN_MODULE =
  /(?:\bfrom|\bimport|\bimport\s*\(|\brequire\s*\(|\bnew\s+URL\s*\()\s*["'`]((?:\.{1,2}\/|[@~]\/|#)[^"'`\n]+)["'`]/g;

/** What the server of a framework loads without an import. */
const LOADED_BY_FRAMEWORK =
  /^(?:src\/)?(?:(?:instrumentation|middleware|proxy)\.|(?:app|pages|server|plugins|routes|api|middleware|modules)\/)/;

/** The entry of a server that is started by a command without its name, such as `nest start`. */
const USUAL_ENTRY = /^(?:src\/)?(?:server|main|index|app)\.[cm]?[jt]s$/;

/** Where a compiler puts what it makes of `src`. */
const OUTPUT = /^(?:dist|build|out|lib)\//;

/**
 * @param {string} text of a source file
 * @returns {string[]} the modules of the app that it imports
 */
export function ownModulesIn(text) {
  return [...text.matchAll(OWN_MODULE)].map(([, name]) => name);
}

/**
 * @param {Pick<Project, "kinds" | "manifest">} project
 * @param {Map<string, string[]>} modules of the app, by the source file that imports them
 * @param {string[]} commands that start the server
 * @returns {Set<string>} the files that it starts with, and those that these import; all files if none is known to start it
 */
export function servedFiles({ kinds, manifest }, modules, commands) {
  const files = [...modules.keys()];
  const named = [...commands, String(manifest.main ?? "")]
    .flatMap((command) => command.split(/[\s"'`,;:=[\](){}]+/))
    .map((token) => fileOf(modules, posix.normalize(token)));
  const entries = named.filter((file) => file !== undefined);
  const isFramework = !STARTED_BY_SCRIPT.has(kinds[0]);
  if (isFramework || entries.length === 0) {
    const found = isFramework ? LOADED_BY_FRAMEWORK : USUAL_ENTRY;
    entries.push(...files.filter((file) => found.test(file)));
  }
  if (entries.length === 0 && !isFramework) return new Set(files);
  const served = new Set(entries);
  // A set is walked to what is added meanwhile.
  for (const file of served) {
    for (const name of modules.get(file) ?? []) {
      const found = pathsOf(file, name).map((path) => fileOf(modules, path));
      for (const each of found) if (each !== undefined) served.add(each);
    }
  }
  return served;
}

/**
 * @param {string} file
 * @param {string} name of a module that it imports
 * @returns {string[]} where that may be
 */
function pathsOf(file, name) {
  if (name.startsWith(".")) return [posix.join(posix.dirname(file), name)];
  const path = name.replace(/^(?:[@~]|#)\/?/, "");
  return [path, `src/${path}`, `app/${path}`];
}

/**
 * @param {Map<string, unknown>} files
 * @param {string} path
 * @returns {string | undefined} the source file of that path, whose extension may be left out or that of what it is compiled to
 */
function fileOf(files, path) {
  const sources = OUTPUT.test(path) ? [path, path.replace(OUTPUT, "src/"), path.replace(OUTPUT, "")] : [path];
  for (const source of sources) {
    if (files.has(source)) return source;
    const stem = source.replace(EXTENSION, "");
    for (const base of [stem, source, `${source}/index`]) {
      const found = EXTENSIONS.map((extension) => `${base}.${extension}`).find((each) => files.has(each));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
