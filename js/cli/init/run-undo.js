import { join } from "node:path";
import { examineBuilds } from "../project/build.js";
import { readIfFile } from "../project/files.js";
import { examineLaunch, loadsAny } from "../project/launch.js";
import { PACKAGE_MANAGERS } from "../project/package-managers.js";
import { dependenciesOf, readProject } from "../project/project.js";
import { cleanLine } from "../text.js";
import { isInstalled } from "./install.js";
import { undo } from "./undo.js";

/** @import { Project } from "../project/project.js" */

/**
 * Undoes what `onescope init` did, and prints it.
 *
 * @param {string} folder
 * @param {boolean} dryRun
 * @returns {number} the exit code
 */
export function runUndo(folder, dryRun) {
  const undone = undo(folder, dryRun);
  const project = readProject(folder);
  if (undone.length === 0) return withoutRecord(project);
  const be = dryRun ? "would be " : "";
  const words = {
    restored: `${be}restored`,
    removed: `${be}removed`,
    partly: `changed since, onescope's part ${be}removed`,
    kept: `${be}kept`,
  };
  for (const { path, state, left } of undone)
    console.log(cleanLine(left === undefined ? `${path}: ${words[state]}` : `${path} ${left}`));
  if (dryRun) console.log("Nothing was changed: run onescope init --undo without --dry-run.");
  else if (project !== undefined) for (const line of whatFollows(project)) console.log(cleanLine(line));
  return undone.some(({ left }) => left !== undefined) ? 1 : 0;
}

/**
 * @param {Project} project
 * @returns {string[]} what a person does next, or has to know
 */
function whatFollows(project) {
  const { folder, manifest, kinds, packageManager } = project;
  const using = examineBuilds(folder, kinds, false).filter(
    ({ imports, bundledIn }) => imports.length > 0 || bundledIn !== null,
  );
  const lines = using.map(
    ({ folder: where, imports }) =>
      `Build the app again: ${where} ${imports.length > 0 ? "imports" : "contains"} onescope, and does not start without the package.`,
  );
  if (Object.hasOwn(dependenciesOf(manifest), "onescope"))
    lines.push(
      `package.json names onescope, as before onescope init: ${PACKAGE_MANAGERS[packageManager.name].remove} onescope removes it.`,
    );
  else if (isInstalled(project)) lines.push("The package stays in node_modules until the next install.");
  return lines;
}

/** @param {Project | undefined} project @returns {number} the exit code */
function withoutRecord(project) {
  const places = project === undefined ? [] : placesOf(project);
  if (places.length === 0) {
    console.log("Nothing to undo: onescope init has changed nothing in this folder.");
    return 0;
  }
  console.log("There is no .onescope/init.json, so onescope init cannot undo what is set up in this folder:");
  for (const place of places) console.log(cleanLine(`  - ${place}`));
  console.log("Take it out by hand, or revert the commit that added it.");
  return 1;
}

/** @param {Project} project @returns {string[]} where onescope is set up */
function placesOf(project) {
  const { scripts, files, imports } = examineLaunch(project);
  const configs = ["vite", "next", "nitro"].map((name) => project.find(new RegExp(`^${name}\\.config\\.[cm]?[jt]s$`)));
  const naming = configs.filter(
    (name) => name !== undefined && /["'`]onescope/.test(readIfFile(join(project.folder, name)) ?? ""),
  );
  return [
    ...scripts.map((name) => `package.json: the script "${name}" loads onescope`),
    ...files.map((name) => `${name} loads onescope`),
    ...Object.keys(imports)
      .filter((path) => loadsAny(imports[path]))
      .map((path) => `${path} loads onescope`),
    ...naming.map((name) => `${name} names onescope`),
  ];
}
