import assert from "node:assert/strict";
import { runNode } from "./run.mjs";

/**
 * Runs a snippet of the docs, and compares what it prints with the comments behind its calls of `console.log`.
 *
 * @param {string} source of a module
 */
export async function runSnippet(source) {
  const { code, stdout, stderr } = await runNode(["--input-type=module", "--eval", source], { timeoutMs: 30_000 });
  assert.equal(code, 0, stderr);
  const expected = [...source.matchAll(/console\.log.*\/\/ (.*)$/gm)].map(([, line]) => `${line}\n`);
  assert.equal(stdout, expected.join(""));
}
