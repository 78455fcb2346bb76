import { createInterface } from "node:readline/promises";
import { CODES, OnescopeError } from "../util/errors.js";
import { diffLines } from "./init/diff.js";
import { install, isInstalled } from "./init/install.js";
import { nextSteps } from "./init/next-steps.js";
import { makePlan } from "./init/plan.js";
import { applyChanges } from "./init/record.js";
import { runUndo } from "./init/run-undo.js";
import { isBareWorkspace, NAMES, projectAbove, readProject } from "./project/project.js";
import { cleanLine } from "./text.js";

/** @import { Plan } from "./init/plan.js" */
/** @import { Project } from "./project/project.js" */

export const summary = "sets an app up for onescope; --undo removes it again";

export const help = `usage: onescope init [--yes] [--dry-run] [--no-install]
       onescope init --undo [--dry-run]

Recognizes vinext, Next.js, Nitro, Nest, Express, Fastify, Hono, Koa and plain Node.js servers in this folder, shows the changes
that put the app on onescope, asks, and makes them: the dependency, the Vite plugin or serverExternalPackages, and what loads
onescope/auto when the server starts. What cannot be changed safely is listed, with what to do by hand. A second run changes
nothing.

  -y, --yes      change without asking
  --dry-run      only show the changes, or what --undo would restore
  --no-install   do not run the package manager
  --undo         restore the files as they were before
  --help

Exits with 1 if nothing was changed for lack of --yes, or if something is left to do by hand, also after --undo.`;

/** @type {import("node:util").ParseArgsOptionsConfig} */
export const options = {
  yes: { type: "boolean", short: "y" },
  "dry-run": { type: "boolean" },
  "no-install": { type: "boolean" },
  undo: { type: "boolean" },
};

/** @param {{ yes?: boolean, "dry-run"?: boolean, "no-install"?: boolean, undo?: boolean }} values */
export async function run({ yes = false, "dry-run": dryRun = false, "no-install": noInstall = false, undo: isUndo }) {
  const folder = process.cwd();
  if (isUndo) return runUndo(folder, dryRun);
  const project = readProject(folder);
  if (project === undefined || isBareWorkspace(project)) {
    const what = project === undefined ? "there is no package.json in this folder" : "this is the root of a workspace";
    const where = (project === undefined && projectAbove(folder)) || "the folder of the app";
    throw new OnescopeError(CODES.PROJECT, `${what}: run onescope init in ${where}`);
  }
  const plan = makePlan(project);
  console.log(`Found ${project.kinds.map((kind) => NAMES[kind]).join(", ")}, with ${project.packageManager.name}.`);
  if (plan.changes.length > 0) console.log(`\n${plan.changes.flatMap(shown).map(cleanLine).join("\n")}`);
  list("By hand:", plan.manual);
  list("Also:", plan.advice);
  if (plan.changes.length === 0) {
    console.log(
      plan.manual.length === 0 ? "\nNothing to change: the app is set up for onescope." : "\nNothing else to change.",
    );
    return plan.manual.length === 0 ? 0 : 1;
  }
  if (dryRun) return plan.manual.length === 0 ? 0 : 1;
  if (!yes && !process.stdin.isTTY) {
    console.log("\nNothing was changed: run onescope init --yes to make these changes.");
    return 1;
  }
  if (!yes && !(await confirmed())) {
    console.log("Nothing was changed.");
    return 1;
  }
  return apply(project, plan, noInstall);
}

/**
 * @param {Project} project
 * @param {Plan} plan
 * @param {boolean} noInstall
 */
function apply(project, plan, noInstall) {
  const { folder } = project;
  applyChanges(folder, plan.changes);
  console.log(`\nChanged ${plan.changes.map(({ path }) => path).join(", ")}; onescope init --undo restores them.`);
  const needsInstall = plan.dependency || !isInstalled(project);
  if (needsInstall && !noInstall) {
    const failure = install(project);
    if (failure !== undefined) {
      console.error(`onescope is not installed: ${failure}. Install it, or run onescope init --undo.`);
      return 1;
    }
  }
  if (plan.manual.length > 0) return 1;
  // The plan may have added a script.
  console.log(`\n${cleanLine(nextSteps(readProject(folder) ?? project, needsInstall && noInstall))}`);
  return 0;
}

/** @param {import("./init/plan.js").FileChange} change */
function shown({ path, text, edits }) {
  return diffLines(path, text, edits);
}

/** @param {string} heading @param {string[]} lines */
function list(heading, lines) {
  if (lines.length > 0) console.log(`\n${heading}\n${lines.map((line) => `  - ${cleanLine(line)}`).join("\n")}`);
}

async function confirmed() {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(?:es)?$/i.test((await terminal.question("\nMake these changes? (y/N) ")).trim());
  } catch {
    // Ctrl+D
    return false;
  } finally {
    terminal.close();
  }
}
