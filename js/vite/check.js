import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describeDifference, describeUnknown } from "./difference.js";
import { CORE, STATE } from "./modules.js";

/** @import { Program } from "./estree.js" */

/** @typedef {{ parse(text: string): Program, environment: { logger: { warn(message: string): void } } }} PluginContext Vite's */

/**
 * By vinext's folder of shims, the names of the modules that ours may replace. One for the process: a build of an app with
 * both routers loads the configuration, and with it the plugin, twice.
 *
 * @type {Map<string, Promise<Set<string>>>}
 */
const replaceable = new Map();

/**
 * Decides once per vinext which of its modules ours may replace, and warns once about those that may not.
 *
 * @param {PluginContext} context of the calling hook
 * @param {string} shims vinext's folder `dist/shims`
 * @returns {Promise<Set<string>>} names as in modules.js
 */
export function replaceableModules(context, shims) {
  let modules = replaceable.get(shims);
  if (modules === undefined) {
    modules = compare(context, shims);
    replaceable.set(shims, modules);
  }
  return modules;
}

/**
 * @param {PluginContext} context
 * @param {string} shims
 */
async function compare(context, shims) {
  const { replaced, differences } = await compareModules((text) => context.parse(text), shims);
  if (differences.length > 0) {
    context.environment.logger.warn(
      `[onescope] this version of onescope does not support all modules of this vinext: in ${shims}, ${differences.join("; ")}. ` +
        "The app works, with vinext's own modules there. A newer version of onescope may support them.",
    );
  }
  return replaced;
}

/**
 * @param {(text: string) => Program} parse gives the ESTree of a module
 * @param {string} shims vinext's folder `dist/shims`
 * @returns {Promise<{ replaced: Set<string>, differences: string[] }>} names of the modules that ours may replace, and why
 *   the others may not be
 */
export async function compareModules(parse, shims) {
  /** @type {string[]} */
  const differences = [];
  /** @type {Set<string>} */
  const replaced = new Set();
  for (const name of [...CORE, ...STATE]) {
    const path = `${shims}/${name}.js`;
    const isCore = CORE.includes(name);
    if (!existsSync(path)) {
      if (isCore) differences.push(`${name}.js is missing`);
      continue;
    }
    const difference = isCore
      ? describeDifference(parse(await readFile(path, "utf8")), name)
      : describeUnknown(shims, name);
    if (difference !== undefined) differences.push(`${name}.js ${difference}`);
    // Ours keep their state in our request context, and count on everything that it does.
    else if (isCore || CORE.every((core) => replaced.has(core))) replaced.add(name);
  }
  return { replaced, differences };
}
