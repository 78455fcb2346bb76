import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { BENCHMARK } from "./root.mjs";

const run = promisify(execFile);

/**
 * What a side tells about one process.
 *
 * @typedef {object} Answer
 * @property {Record<string, { median: number, minimum: number, ratios?: number[] }>} figures by name of the row; `ratios` to
 *   the reference where the two took turns
 * @property {Record<string, string>} checks what the side read back, by name of the reading
 */

/**
 * Measures in a process of its own, so that neither the compiler's feedback nor a storage in use reaches another side.
 *
 * @param {import("./nodes.mjs").NodeBinary} node
 * @param {{ script: string, flags?: string[], env?: Record<string, string> }} side
 * @param {object} task what the script reads with `readTask`
 * @returns {Promise<Answer>}
 */
export async function measureInChild(node, side, task) {
  const { NODE_OPTIONS: _, ONESCOPE_BACKEND: __, ...env } = process.env;
  const args = ["--expose-gc", ...(side.flags ?? []), side.script, JSON.stringify(task)];
  const { stdout } = await run(node.path, args, { cwd: BENCHMARK, env: { ...env, ...side.env } });
  return JSON.parse(stdout);
}

/** The child's half: the task that this process was started with. */
export function readTask() {
  return JSON.parse(process.argv[2]);
}

/**
 * The child's half: hands over the answer.
 *
 * @param {Answer} answer
 */
export function answer({ figures, checks }) {
  process.stdout.write(JSON.stringify({ figures, checks }));
}
