import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runNode } from "./run.mjs";

const PROGRAM = fileURLToPath(new URL("recorded.mjs", import.meta.url));

/**
 * Makes a folder that is gone when the test is over.
 *
 * @param {{ after(fn: () => void): void }} t the test
 * @returns {string} path of a file in it, which is not there
 */
export function flightPath(t) {
  const folder = mkdtempSync(join(tmpdir(), "onescope-flight-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "flight");
}

/**
 * Runs recorded.mjs to its end.
 *
 * @param {object} task its argument
 */
export function record(task) {
  return runNode([PROGRAM, JSON.stringify(task)]);
}

/**
 * Runs `onescope last-flight`.
 *
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
export function lastFlight(args, env) {
  return runNode(["bin/onescope.mjs", "last-flight", ...args], { env });
}

/**
 * @param {string} path
 * @returns {Promise<any>} what `onescope last-flight --json` says of a flight
 */
export async function readFlight(path) {
  const { code, stdout, stderr } = await lastFlight([path, "--json"]);
  assert.deepEqual([code, stderr], [0, ""]);
  return JSON.parse(stdout);
}

/** @param {any} flight */
export const labels = (flight) => flight.inFlight.map((/** @type {any} */ { label }) => label);
