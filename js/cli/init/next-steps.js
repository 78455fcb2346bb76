import { LOOPBACK, PORT } from "../../util/options.js";
import { placesForFlags, startScripts } from "../project/commands.js";
import { STARTED_BY_SCRIPT } from "../project/project.js";

/** @import { PackageManagerName } from "../project/package-managers.js" */
/** @import { Project } from "../project/project.js" */

/** A script that starts what a build made. */
const STARTS_BUILD = /\b(?:dist|build|out|\.output)\//;

/**
 * @param {Project} project
 * @param {boolean} install whether the package is not installed yet
 * @returns {string} what to do until the app runs with onescope
 */
export function nextSteps({ manifest, kinds, packageManager: { name } }, install) {
  const starts = startScripts(manifest);
  const [start, command = ""] = starts.find(([, each]) => placesForFlags(each).length > 0) ?? starts[0] ?? [];
  const needsBuild = !STARTED_BY_SCRIPT.has(kinds[0]) || STARTS_BUILD.test(command);
  const steps = [
    ...(install ? [`${name} install`] : []),
    ...(needsBuild ? [manifest.scripts?.build === undefined ? "build the app" : runScript(name, "build")] : []),
    start === undefined ? "start the app" : runScript(name, start),
  ];
  return `Next: ${steps.join(", ")}, then open http://${LOOPBACK}:${PORT}/`;
}

/** @param {PackageManagerName} name @param {string} script */
function runScript(name, script) {
  return script === "start" ? `${name} start` : `${name} run ${script}`;
}
