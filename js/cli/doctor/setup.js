import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hasInList } from "../init/list-property.js";
import { pluginIn } from "../init/vite-config.js";
import { findPackage, versionOf } from "../project/packages.js";
import { parse } from "../project/syntax.js";

/** @import { Node } from "../project/syntax.js" */
/** @import { Project } from "../project/project.js" */

const GROUPS = /** @type {const} */ (["dependencies", "optionalDependencies", "peerDependencies", "devDependencies"]);

/**
 * What package.json and the configurations say.
 *
 * @param {Project} project
 */
export function examineSetup(project) {
  const { folder, manifest, kinds } = project;
  const installed = findPackage(folder, "onescope");
  return {
    /** The group of package.json that names onescope. */
    dependency: GROUPS.find((group) => Object.hasOwn(manifest[group] ?? {}, "onescope")) ?? null,
    installed: installed === undefined ? null : { path: installed, version: versionOf(installed) },
    /** For vinext, whether the configuration calls the plugin. */
    plugin: kinds.includes("vinext") ? examinePlugin(project) : null,
    /** For Next.js, whether the configuration leaves onescope out of the bundles. */
    external: kinds.includes("next") ? examineExternal(project) : null,
  };
}

/** @typedef {ReturnType<typeof examineSetup>} Setup */

/**
 * @param {Project} project
 * @returns {"on" | "imported" | "off" | "unknown"} `imported`: but not called; `unknown`: the configuration cannot be parsed
 */
function examinePlugin(project) {
  return examineConfiguration(project, /^vite\.config\.[cm]?[jt]s$/, (program) => {
    const { name, called } = pluginIn(program);
    return called ? "on" : name === undefined ? "off" : "imported";
  });
}

/**
 * @param {Project} project
 * @returns {"on" | "off" | "unknown"}
 */
function examineExternal(project) {
  return examineConfiguration(project, /^next\.config\.[cm]?[jt]s$/, (program) => {
    return hasInList(program, "serverExternalPackages", "onescope") ? "on" : "off";
  });
}

/**
 * @template T
 * @param {Project} project
 * @param {RegExp} pattern
 * @param {(program: Node) => T} examine
 * @returns {T | "off" | "unknown"} `off` without such a file
 */
function examineConfiguration({ folder, find }, pattern, examine) {
  const name = find(pattern);
  if (name === undefined) return "off";
  try {
    return examine(parse(readFileSync(join(folder, name), "utf8"), name).program);
  } catch {
    // Also code that is nested more deeply than the stack allows.
    return "unknown";
  }
}
