import { join } from "node:path";
import manifest from "../../../package.json" with { type: "json" };
import { placesForFlags, programsIn, startScripts } from "../project/commands.js";
import { readIfFile, readText } from "../project/files.js";
import { pathIn } from "../project/paths.js";
import { dependenciesOf, NAMES, STARTED_BY_SCRIPT } from "../project/project.js";
import { applyEdits } from "./edits.js";
import { editInstrumentation, INSTRUMENTATION_BY_HAND, NEW_INSTRUMENTATION } from "./instrumentation.js";
import { addToLists } from "./list-property.js";
import { planNitro } from "./nitro.js";
import { addDependency, addScript, insertInScript } from "./package-json.js";
import { editViteConfig, NEW_VITE_CONFIG, VITE_BY_HAND } from "./vite-config.js";

/** @import { Kind, Project } from "../project/project.js" */
/** @import { Edit } from "./edits.js" */

const FLAG = " --import onescope/auto";

/**
 * @typedef {object} FileChange
 * @property {string} path from the project's folder
 * @property {string | undefined} text before; `undefined` for a new file
 * @property {Edit[]} edits
 */

/**
 * @typedef {object} Plan
 * @property {FileChange[]} changes
 * @property {boolean} dependency whether package.json names onescope elsewhere than before, so that the lock file has to follow
 * @property {string[]} manual what has to be done by hand
 * @property {string[]} advice what may be done besides
 */

/**
 * @param {Project} project
 * @returns {Plan}
 */
export function makePlan(project) {
  const draft = new Draft(project);
  const { edits, moved } = addDependency(project.manifestText, `^${manifest.version}`);
  draft.add("package.json", project.manifestText, edits);
  if (moved) draft.advice.push("onescope moves from devDependencies to dependencies: the built server imports it");
  const [kind] = project.kinds;
  if (project.kinds.includes("vinext")) planVinext(draft);
  if (project.kinds.includes("next")) planNext(draft);
  if (kind === "nitro" || kind === "nuxt") planNitro(draft, kind);
  if (kind === "vinext" || kind === "next") planInstrumentation(draft);
  if (STARTED_BY_SCRIPT.has(kind)) {
    planScripts(draft, kind);
    adviseOnDevelopment(draft);
  }
  adviseOnDocker(draft, kind);
  return { changes: draft.changes, dependency: edits.length > 0, manual: draft.manual, advice: draft.advice };
}

/** A plan that is being made. */
export class Draft {
  /** @type {FileChange[]} */
  changes = [];
  /** @type {string[]} */
  manual = [];
  /** @type {string[]} */
  advice = [];

  /** @param {Project} project */
  constructor(project) {
    this.project = project;
  }

  /**
   * @param {string} path
   * @param {string | undefined} text
   * @param {Edit[]} edits
   */
  add(path, text, edits) {
    if (edits.length === 0) return;
    const known = this.changes.find((change) => change.path === path);
    if (known === undefined) this.changes.push({ path, text, edits: [...edits] });
    else known.edits.push(...edits);
  }

  /** @param {string} path @param {string} text */
  create(path, text) {
    this.add(path, undefined, [{ at: 0, removed: "", inserted: text }]);
  }

  /**
   * @param {string} path
   * @param {(text: string, path: string) => Edit[] | undefined} edit
   * @param {string} byHand what a person does instead
   */
  change(path, edit, byHand) {
    let why = "";
    try {
      const text = readText(pathIn(this.project.folder, path));
      const edits = edit(text, path);
      // What an edit did must be found in its result.
      if (edits !== undefined && edit(applyEdits(text, edits), path)?.length === 0) return this.add(path, text, edits);
    } catch (error) {
      why = ` (${/** @type {Error} */ (error).message})`;
    }
    this.manual.push(`${path} cannot be changed by itself${why}: ${byHand}`);
  }
}

/** @param {Draft} draft */
function planVinext(draft) {
  const { project } = draft;
  const config = project.find(/^vite\.config\.[cm]?[jt]s$/);
  if (config !== undefined) draft.change(config, editViteConfig, VITE_BY_HAND);
  else {
    const extension = project.typescript ? "ts" : project.manifest.type === "module" ? "js" : "mjs";
    draft.create(`vite.config.${extension}`, NEW_VITE_CONFIG);
  }
}

/** @param {Draft} draft */
function planNext(draft) {
  const { project } = draft;
  const { next } = dependenciesOf(project.manifest);
  const major = typeof next === "string" ? Number(/\d+/.exec(next)?.[0] ?? 15) : 15;
  if (major < 15) {
    draft.manual.push(
      `Next.js ${major} has no serverExternalPackages: add experimental: { serverComponentsExternalPackages: ["onescope"], instrumentationHook: true } to its configuration`,
    );
    return;
  }
  const config = project.find(/^next\.config\.[cm]?[jt]s$/);
  const list = '["onescope"]';
  if (config !== undefined) {
    const edit = (/** @type {string} */ text, /** @type {string} */ path) =>
      addToLists(text, path, { serverExternalPackages: "onescope" });
    draft.change(config, edit, `add serverExternalPackages: ${list}`);
  } else if (project.kinds[0] === "next") {
    draft.create("next.config.mjs", `export default { serverExternalPackages: ${list} };\n`);
  }
}

/** @param {Draft} draft */
function planInstrumentation(draft) {
  const { project } = draft;
  const found = ["src/", ""].flatMap((folder) =>
    ["ts", "js", "mjs", "mts"].map((extension) => `${folder}instrumentation.${extension}`),
  );
  const path = found.find((each) => project.has(each));
  if (path !== undefined) draft.change(path, editInstrumentation, INSTRUMENTATION_BY_HAND);
  else {
    const folder = project.has("src/app") || project.has("src/pages") ? "src/" : "";
    draft.create(`${folder}instrumentation.${project.typescript ? "ts" : "js"}`, NEW_INSTRUMENTATION);
  }
}

/** @param {Draft} draft @param {Kind} kind */
function planScripts(draft, kind) {
  const { manifest: own, manifestText } = draft.project;
  const starts = startScripts(own);
  let started = starts.some(([, command]) => command.includes("onescope/"));
  for (const [name, command] of starts) {
    const places = command.includes("onescope/") ? [] : placesForFlags(command);
    if (places.length === 0) continue;
    draft.add("package.json", manifestText, insertInScript(manifestText, name, places, FLAG));
    started = true;
  }
  if (started) return;
  // npm starts server.js by itself where no script does.
  if (own.scripts?.start === undefined && draft.project.has("server.js")) {
    const command = `node${FLAG} server.js`;
    const [whole] = draft.changes.find(({ path }) => path === "package.json")?.edits ?? [];
    // The dependency replaced an empty manifest as a whole.
    if (Object.keys(own).length === 0 && whole !== undefined)
      whole.inserted = applyEdits(whole.inserted, [addScript(whole.inserted, "start", command)]);
    else draft.add("package.json", manifestText, [addScript(manifestText, "start", command)]);
    return;
  }
  const start = starts[0];
  const why =
    start === undefined
      ? `package.json has no script that starts ${kind === "node" ? "a server" : `the ${NAMES[kind]} server`}`
      : `the script "${start[0]}" (${start[1]}) starts Node through another program`;
  draft.manual.push(
    `${why}: start it by node --import onescope/auto FILE, or set NODE_OPTIONS=--import=onescope/auto for it`,
  );
}

/** What starts Node with the app, and takes no flag in this place. */
const WATCHERS = new Set(["tsx", "nodemon", "ts-node", "ts-node-dev", "nest"]);

/** @param {Draft} draft */
function adviseOnDevelopment({ project, advice }) {
  for (const [name, command] of Object.entries(project.manifest.scripts ?? {})) {
    if (!/^(?:dev|watch|start:(?:dev|debug))$/.test(name) || typeof command !== "string") continue;
    if (command.includes("onescope/")) continue;
    if (placesForFlags(command).length > 0)
      advice.push(
        `the script "${name}" stays without onescope: add --import onescope/auto after node there to have it too`,
      );
    else if (programsIn(command).some((program) => WATCHERS.has(program.name)))
      advice.push(
        `the script "${name}" stays without onescope: put NODE_OPTIONS=--import=onescope/auto before it to have it too`,
      );
  }
}

/** @param {Draft} draft @param {Kind} kind */
function adviseOnDocker({ project, advice }, kind) {
  const file = project.find(/^(?:Dockerfile|Containerfile)$/i);
  if (file === undefined || !STARTED_BY_SCRIPT.has(kind)) return;
  const text = readIfFile(join(project.folder, file)) ?? "";
  if (/onescope/.test(text) || !/^\s*(?:CMD|ENTRYPOINT)\b.*\bnode\b/m.test(text)) return;
  advice.push(`${file} starts node itself, not by a script: add --import onescope/auto after node there`);
}
