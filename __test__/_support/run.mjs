import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Root of the repository. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Runs a program under the Node and the backend that run the calling spec, and waits for its end.
 *
 * @param {string[]} args flags and program
 * @param {{ env?: Record<string, string | undefined>, timeoutMs?: number, binary?: string }} [options] a child that takes
 *   longer is killed; `binary` is another Node
 * @returns {Promise<{ code: number | null, signal: string | null, stdout: string, stderr: string }>}
 */
export function runNode(args, { env = {}, timeoutMs = 60_000, binary } = {}) {
  return new Promise((resolve, reject) => {
    const flags = binary === undefined ? inheritedFlags() : [];
    const child = spawn(binary ?? process.execPath, [...flags, ...args], {
      cwd: ROOT,
      env: { ...process.env, NODE_OPTIONS: "", NODE_TEST_CONTEXT: undefined, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: timeoutMs,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** The flags that choose how async context travels, as this process was started with them. */
export function inheritedFlags() {
  return process.execArgv.filter((flag) => flag.includes("async-context-frame"));
}

/**
 * Runs a module given as source text, in the repository's root, and parses what it prints as JSON.
 *
 * @param {string} source
 * @param {{ flags?: string[], env?: Record<string, string | undefined> }} [options]
 */
export async function evalJson(source, { flags = [], env } = {}) {
  const { code, stdout, stderr } = await runNode([...flags, "--input-type=module", "--eval", source], { env });
  if (code !== 0) throw new Error(`exit code ${code}\n${stderr}`);
  return JSON.parse(stdout);
}
