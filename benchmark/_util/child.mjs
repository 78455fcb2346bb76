import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { BENCHMARK } from "./root.mjs";

const run = promisify(execFile);

/**
 * What a variant reports about one process.
 *
 * @typedef {object} Result
 * @property {Record<string, { median: number, minimum: number, ratios?: number[] }>} figures by name of the row; `ratios` to
 *   the reference where the two were interleaved
 * @property {Record<string, string>} checks what the variant read back, by name of the reading
 */

/**
 * Measures in a process of its own, so that neither the compiler's feedback nor a storage in use reaches another variant.
 *
 * @param {import("./nodes.mjs").NodeBinary} node
 * @param {{ script: string, flags?: string[], env?: Record<string, string> }} variant
 * @param {object} task what the script reads with `readTask`
 * @returns {Promise<Result>}
 */
export async function measureInChild(node, variant, task) {
  const { NODE_OPTIONS: _, ONESCOPE_BACKEND: __, ...env } = process.env;
  const args = ["--expose-gc", ...node.flags, ...(variant.flags ?? []), variant.script, JSON.stringify(task)];
  const { stdout } = await run(node.path, args, { cwd: BENCHMARK, env: { ...env, ...variant.env } });
  return JSON.parse(stdout);
}

/** The child's half: the task that this process was started with. */
export function readTask() {
  return JSON.parse(process.argv[2]);
}

/**
 * The child's half: sends the result.
 *
 * @param {Result} result
 */
export function sendResult({ figures, checks }) {
  process.stdout.write(JSON.stringify({ figures, checks }));
}
