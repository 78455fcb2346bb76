import { createRequire } from "node:module";
import { dirname, join } from "node:path";

// The Node versions that the project is tested on, from npm, so that a fresh machine has all of them.

const require = createRequire(import.meta.url);

/** @param {string} major */
const binary = (major) => join(dirname(require.resolve(`node-${major}/package.json`)), "bin", "node");

/**
 * Every Node to test on: each version with both of its implementations of async context.
 *
 * @type {Array<{ name: string, major: string, path: string, flags: string[], frames: boolean }>}
 */
export const NODES = [
  { name: "22", major: "22", flags: [], frames: false },
  { name: "22 with frames", major: "22", flags: ["--experimental-async-context-frame"], frames: true },
  { name: "24", major: "24", flags: [], frames: true },
  { name: "24 without frames", major: "24", flags: ["--no-async-context-frame"], frames: false },
  { name: "26", major: "26", flags: [], frames: true },
  { name: "26 without frames", major: "26", flags: ["--no-async-context-frame"], frames: false },
].map((node) => ({ ...node, path: binary(node.major) }));

/** @param {string} name */
export function nodeNamed(name) {
  const node = NODES.find((candidate) => candidate.name === name);
  if (node === undefined) throw new Error(`no Node "${name}"; known: ${NODES.map((each) => each.name).join(", ")}`);
  return node;
}
