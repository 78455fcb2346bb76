import { readdirSync } from "node:fs";
import { join } from "node:path";
import { placesForFlags, startScripts } from "./commands.js";
import { importsIn, readIfFile, textsIn } from "./files.js";
import { ownModulesIn, servedFiles } from "./served.js";

/** @import { Project } from "./project.js" */

const SOURCES = {
  files: /\.[cm]?[jt]sx?$/,
  skipped: /^(?:node_modules|dist|build|out|coverage|public|\..*)$/,
};

/** The file that Next.js and vinext compile into their server, and load when it starts. */
export const INSTRUMENTATION = /^(?:src\/)?instrumentation\./;

/** Files that start processes, besides package.json. */
const LAUNCHERS =
  /^(?:Dockerfile|Containerfile)(?:\..*)?$|^Procfile$|^(?:ecosystem|pm2)\.config\.[cm]?js$|^(?:docker-)?compose\.ya?ml$|\.service$/i;

/** A line that starts a file with Node: of a Dockerfile, a Procfile or a unit of systemd. */
const STARTS_NODE = /^\s*(?:CMD|ENTRYPOINT|web:|ExecStart=|command:).*\bnode\b.*/m;

const LOADS = /onescope\/(?:auto|register)|onescope\/js\/(?:auto|register)\.js/;

/**
 * What loads onescope when the app starts.
 *
 * @param {Project} project
 */
export function examineLaunch(project) {
  const { folder, manifest } = project;
  const scripts = startScripts(manifest);
  /** @type {Map<string, string[]>} */
  const modules = new Map();
  /** @type {Array<[string, string[]]>} */
  const importers = [];
  for (const { path, text } of textsIn(folder, SOURCES)) {
    // Configurations are read by build tools, not by the server.
    if (/\.config\.[cm]?[jt]s$/.test(path)) continue;
    modules.set(path, ownModulesIn(text));
    const found = importsIn(text);
    if (found.length > 0) importers.push([path, found]);
  }
  const names = readdirSync(folder).filter((name) => LAUNCHERS.test(name));
  const files = names.map((name) => ({ name, text: readIfFile(join(folder, name)) ?? "" }));
  const commands = [
    ...scripts.map(([, command]) => command),
    ...files.flatMap(({ text }) =>
      text.split("\n").filter((line) => STARTS_NODE.test(line) || /\bscript\b/.test(line)),
    ),
  ];
  const served = importers.length > 0 ? servedFiles(project, modules, commands) : new Set();
  const inScripts = scripts.filter(([, command]) => LOADS.test(command));
  return {
    /** Scripts that load `onescope/auto` or `onescope/register`. */
    scripts: inScripts.map(([name]) => name),
    /** Scripts that start Node without it. */
    scriptsWithout: scripts
      .filter(([, command]) => !LOADS.test(command) && placesForFlags(command).length > 0)
      .map(([name]) => name),
    /** Files of the project that load them, such as a Dockerfile. */
    files: files.filter(({ text }) => LOADS.test(text)).map(({ name }) => name),
    /** Files that start Node by themselves, without it. */
    filesWithout: files.filter(({ text }) => !LOADS.test(text) && STARTS_NODE.test(text)).map(({ name }) => name),
    /** By file that the server loads, what it imports of onescope. */
    imports: Object.fromEntries(importers.filter(([path]) => served.has(path))),
    /** Whether NODE_OPTIONS has it, in the shell that runs this command. */
    nodeOptions: LOADS.test(process.env.NODE_OPTIONS ?? ""),
  };
}

/** @typedef {ReturnType<typeof examineLaunch>} Launch */

/**
 * @param {Launch} launch
 * @param {import("./build.js").Build[]} builds
 * @returns {string | undefined} what loads `onescope/auto` or `onescope/register`, in words
 */
export function loader({ scripts, files, imports, nodeOptions }, builds) {
  if (nodeOptions) return "NODE_OPTIONS";
  if (scripts.length > 0) return `the script ${scripts.map((name) => `"${name}"`).join(", ")}`;
  if (files.length > 0) return files.join(", ");
  const file = Object.entries(imports).find(([, names]) => loadsAny(names))?.[0];
  return file ?? builds.find((build) => loadsAny(build.imports))?.folder;
}

/** @param {string[]} names of imports */
export function loadsAny(names) {
  return names.some((name) => LOADS.test(name));
}
