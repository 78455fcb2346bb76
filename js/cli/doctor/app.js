import { join } from "node:path";
import manifest from "../../../package.json" with { type: "json" };
import { examineBuilds } from "../project/build.js";
import { examineLaunch, INSTRUMENTATION, loader, loadsAny } from "../project/launch.js";
import { PACKAGE_MANAGERS } from "../project/package-managers.js";
import { isBareWorkspace, NAMES, readProject } from "../project/project.js";
import { processesIn, processesWithout } from "./processes.js";
import { examineSetup } from "./setup.js";

/** @import { Kind } from "../project/project.js" */

/**
 * @typedef {object} Finding
 * @property {string} problem
 * @property {string} fix what to do
 */

/**
 * The app in a folder, by its files, its builds and its processes.
 *
 * @param {string} folder
 * @returns {App | undefined} `undefined` without an app: there is no package.json, or it is that of onescope itself
 * @throws {OnescopeError} `ERR_ONESCOPE_PROJECT` if package.json is not one
 */
export function examineApp(folder) {
  const project = readProject(folder);
  if (project === undefined || project.manifest.name === "onescope") return undefined;
  const { kinds, packageManager } = project;
  const setup = examineSetup(project);
  const { exec, add } = PACKAGE_MANAGERS[packageManager.name];
  // A folder that a build made has the server's packages, and none of what built it.
  const standalone = isStandalone(project.has, kinds);
  return {
    folder,
    kinds,
    packageManager: packageManager.name,
    bareWorkspace: isBareWorkspace(project),
    standalone,
    command: `${exec} onescope`,
    add: `${add} onescope`,
    setup,
    launch: examineLaunch(project),
    builds: examineBuilds(folder, kinds, standalone),
    running: processesIn(folder),
    runningWithout: processesWithout(folder),
  };
}

/**
 * @typedef {object} App
 * @property {string} folder
 * @property {Kind[]} kinds
 * @property {string} packageManager
 * @property {boolean} bareWorkspace whether it is the root of a workspace, and no app itself
 * @property {boolean} standalone
 * @property {string} command
 * @property {string} add
 * @property {import("./setup.js").Setup} setup
 * @property {import("../project/launch.js").Launch} launch
 * @property {import("../project/build.js").Build[]} builds
 * @property {import("./processes.js").RunningProcess[]} running
 * @property {number[]} runningWithout
 */

/** @param {(path: string) => boolean} has @param {Kind[]} kinds */
function isStandalone(has, kinds) {
  if (!has("server.js") || !has("node_modules")) return false;
  return (
    (kinds.includes("next") && has(".next/BUILD_ID") && !has("app") && !has("pages") && !has("src")) ||
    has("dist/server/BUILD_ID")
  );
}

/**
 * @param {App} app
 * @param {{ name: string, requested: string | null }} backend
 * @returns {string} the first line: what is on
 */
export function summarize(app, backend) {
  const parts = [];
  const [kind] = app.kinds;
  if (app.setup.plugin !== null && !app.standalone)
    parts.push(
      { on: "plugin on", imported: "plugin imported, not called", off: "plugin off", unknown: "plugin unknown" }[
        app.setup.plugin
      ],
    );
  if (kind === "next" && app.setup.external !== null && !app.standalone)
    parts.push(`onescope ${app.setup.external === "on" ? "external" : "not external"}`);
  const built = app.builds.map(buildSummary).filter((text) => text !== undefined);
  const none = app.builds.length > 0 ? `no onescope in ${whereOf(app.builds[0].folder)}` : "no build";
  const first = parts.length > 0 ? [...parts, ...(built.length > 0 ? built : [none])].join(", ") : built.join(", ");
  const loads = loader(app.launch, app.builds);
  const register = loads === undefined ? "register not loaded" : `register loaded by ${loads}`;
  const running = app.running.map(({ pid, url }) => `process ${pid} runs${url === null ? "" : ` with ${url}`}`);
  return [first, register, addonSummary(backend), ...running].filter((text) => text !== "").join("; ");
}

/** @param {{ name: string, requested: string | null }} backend */
export function addonSummary({ name, requested }) {
  if (name === "native") return "addon native";
  return requested === "js" ? "addon off by ONESCOPE_BACKEND=js" : "addon does not load";
}

/** @param {string} folder of a build */
function whereOf(folder) {
  return folder.replace(/\/server$/, "");
}

/** @param {import("../project/build.js").Build} build */
function buildSummary({ folder, imports, bundledIn, swapped, kept }) {
  const all = swapped.length + kept.length;
  const where = whereOf(folder);
  if (all > 0) return `${swapped.length} of ${all} modules swapped in ${where}`;
  if (bundledIn !== null) return `bundled into ${where}`;
  return imports.length > 0 ? `imported by ${where}` : undefined;
}

/**
 * @param {App} app
 * @returns {Finding[]}
 */
export function findProblems(app) {
  if (app.bareWorkspace) {
    return [{ problem: "this is the root of a workspace, not an app", fix: "run this in the folder of the app" }];
  }
  return [...setupProblems(app), ...app.builds.flatMap((build) => buildProblems(app, build)), ...launchProblems(app)];
}

/** @param {App} app @returns {Finding[]} */
function setupProblems({ setup, standalone, command, add, folder }) {
  /** @type {Finding[]} */
  const found = [];
  if (setup.installed === null) {
    const fix = setup.dependency === null ? add : `run ${add.split(" ")[0]} install`;
    found.push({ problem: `onescope is not installed in ${folder}`, fix });
  } else if (setup.dependency === null && !standalone) {
    found.push({ problem: "package.json does not name onescope, so npx would ask the registry for it", fix: add });
  }
  if (setup.dependency === "devDependencies") {
    found.push({
      problem: "onescope is in devDependencies: an install without them breaks the built server",
      fix: `${command} init moves it to dependencies`,
    });
  }
  if (standalone) return found;
  if (setup.plugin === "off" || setup.plugin === "imported") {
    const what = setup.plugin === "off" ? "does not use" : "imports and does not call";
    found.push({ problem: `the Vite configuration ${what} the plugin onescope/vite`, fix: `${command} init` });
  }
  return found;
}

/** @param {string} name of an import */
const isShim = (name) => name.startsWith("onescope/shims/");

/**
 * @param {App} app
 * @param {import("../project/build.js").Build} build of Next.js or vinext
 * @returns {boolean} whether it lacks what the app's instrumentation loads
 */
function isOutdated({ launch, standalone }, { folder, imports, bundledIn }) {
  if (standalone || !/^(?:dist\/(?:server|standalone)|\.next(?:\/standalone)?)$/.test(folder)) return false;
  if (bundledIn !== null || loadsAny(imports)) return false;
  return Object.entries(launch.imports).some(([path, names]) => INSTRUMENTATION.test(path) && loadsAny(names));
}

/** @param {App} app @param {import("../project/build.js").Build} build @returns {Finding[]} */
function buildProblems(app, build) {
  const { setup, kinds, folder } = app;
  /** @type {Finding[]} */
  const found = [];
  const where = build.folder;
  const total = build.swapped.length + build.kept.length;
  if (setup.plugin === "on" && where === "dist/server" && !build.imports.some(isShim)) {
    found.push({ problem: `${where} was built without the plugin`, fix: "build the app again" });
  } else if (isOutdated(app, build)) {
    const problem = `the build in ${where} was made before onescope was set up, and does not load it`;
    found.push({ problem, fix: "build the app again" });
  }
  if (build.kept.length > 0) {
    found.push({
      problem: `${where} has ${build.kept.length} of ${total} modules of vinext's own: ${build.kept.join(", ")}`,
      fix: "build the app again; if vinext is newer than this onescope knows, update onescope",
    });
  }
  if (build.bundledIn !== null && build.addon === null) {
    found.push({
      problem: `onescope is bundled into ${build.bundledIn}, from where it finds no addon`,
      fix: kinds.includes("nitro")
        ? 'set traceDeps: ["onescope*"] and build again'
        : "mark onescope external and build again, or install the platform's package beside the bundle",
    });
  }
  if (build.imports.length > 0 && !build.found) {
    found.push({
      problem: `${where} imports ${build.imports[0]}, and no node_modules above it has onescope`,
      fix: `install onescope in ${folder}, or copy node_modules/onescope there`,
    });
  } else if (build.imports.length > 0 && build.bundledIn === null && build.addon === null) {
    found.push({
      problem: `${where} imports onescope, whose addon for this machine is not there`,
      fix: build.standalone
        ? `build on this platform, or copy node_modules/@onescope to ${join(where, "node_modules")}`
        : "install again, with optional dependencies",
    });
  }
  return found;
}

/** @param {App} app @returns {boolean} whether its files have the server load onescope */
function isUsed({ launch, builds, setup }) {
  return (
    loader(launch, builds) !== undefined ||
    setup.plugin === "on" ||
    Object.keys(launch.imports).length > 0 ||
    builds.some(({ imports, bundledIn }) => imports.length > 0 || bundledIn !== null)
  );
}

/** @param {App} app @returns {Finding[]} */
function launchProblems(app) {
  const { setup, launch, kinds, standalone, command, builds, running } = app;
  /** @type {Finding[]} */
  const found = [];
  const loads = loader(launch, builds);
  // A process may have it by variables that the shell of this command has not.
  if (!isUsed(app) && running.length === 0 && setup.installed !== null) {
    found.push({
      problem: `nothing loads onescope when the ${NAMES[kinds[0]]} server starts`,
      fix: standalone
        ? "start it with --import onescope/auto"
        : `${command} init, or start it by node --import onescope/auto FILE`,
    });
  }
  const [importer] = Object.keys(launch.imports);
  const output = builds.find((build) => build.folder === ".output/server");
  if (importer !== undefined && loads === importer && output?.bundledIn === null && output.imports.length === 0) {
    found.push({
      problem: `.output does not import onescope, and ${importer} does`,
      fix: 'build the app again; Nitro 2 leaves out an import without names, but not import("onescope/auto")',
    });
  }
  const byFlag = launch.scripts.length > 0;
  if (byFlag) {
    for (const name of launch.scriptsWithout) {
      found.push({ problem: `the script "${name}" starts Node without onescope`, fix: `${command} init` });
    }
    for (const name of launch.filesWithout) {
      found.push({
        problem: `${name} starts Node without onescope`,
        fix: "add --import onescope/auto after node there, or start the script",
      });
    }
  }
  return found;
}

/**
 * @param {App} app
 * @returns {string[]} what need not be wrong
 */
export function findAdvice(app) {
  const { runningWithout, running, setup, builds, standalone, kinds, command } = app;
  const restart = builds.some((build) => isOutdated(app, build)) ? "build the app again and restart it" : "restart it";
  const advice = runningWithout.map(
    (pid) => `process ${pid} listens in this folder and has not loaded onescope; if it is the app, ${restart}`,
  );
  if (!standalone && running.length > 0 && !isUsed(app)) {
    const { pid } = running[0];
    advice.push(
      `process ${pid} has onescope only by how it was started, such as by NODE_OPTIONS; ${command} init sets the app up`,
    );
  }
  if (setup.installed !== null && setup.installed.version !== manifest.version) {
    const { version, path } = setup.installed;
    advice.push(`this command is of onescope ${manifest.version}; the app has ${version} in ${path}`);
  }
  if (setup.plugin === "unknown" || setup.external === "unknown") {
    advice.push("a configuration cannot be parsed, so what it says about onescope is not known");
  }
  if (!standalone && kinds[0] === "next" && setup.external === "off") {
    advice.push(
      `onescope is not in serverExternalPackages of next.config, so Next.js bundles copies of it; ${command} init adds it`,
    );
  }
  if (!standalone && (setup.plugin === "on" || setup.external === "on") && builds.length === 0) {
    advice.push("there is no build; build the app and run this again to see what is in it");
  }
  return advice;
}
