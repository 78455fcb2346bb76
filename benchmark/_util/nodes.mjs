import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./root.mjs";

// The three release lines that onescope supports, as the checkout's own development dependencies.
const INSTALLED = ["node-22", "node-24", "node-26"];

/** @typedef {{ path: string, flags: string[], name: string }} NodeBinary `name`: version and flags, as in results */

/**
 * The Node binaries to measure on: those given as options, else the three of the checkout. A smoke run takes the
 * Node that runs the script, which is what a CI matrix varies.
 *
 * @param {string[] | undefined} paths
 * @param {boolean} quick
 * @returns {NodeBinary[]}
 */
export function findNodes(paths, quick) {
  const wanted = paths ?? (quick ? [process.execPath] : INSTALLED.map(installedPath));
  return wanted.map((path) => {
    if (!existsSync(path)) {
      throw new Error(`no Node binary at ${path}: run \`npm install\` in ${ROOT}, or name one with --node PATH`);
    }
    const version = execFileSync(path, ["--version"], { encoding: "utf8" }).trim().slice(1);
    if (Number.parseInt(version, 10) < 22) {
      throw new Error(`${path} is Node ${version}; onescope needs 22 or later, name one with --node PATH`);
    }
    return { path, flags: [], name: version };
  });
}

/**
 * Node 22 also with the flag that makes it propagate async context as later releases do.
 *
 * @param {NodeBinary[]} nodes
 */
export function withFrames(nodes) {
  const flag = "--experimental-async-context-frame";
  return nodes.flatMap((node) =>
    node.name.startsWith("22.") ? [node, { ...node, flags: [flag], name: `${node.name} ${flag}` }] : [node],
  );
}

/** @param {string} name */
function installedPath(name) {
  return join(ROOT, "node_modules", name, "bin", "node");
}
