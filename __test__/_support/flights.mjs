import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inheritedFlags, ROOT, runNode } from "./run.mjs";

const PROGRAM = fileURLToPath(new URL("recorded.mjs", import.meta.url));

/**
 * @param {{ after(fn: () => void): void }} t the test
 * @returns {string} a directory to record into, which is not there yet; its parent is gone when the test is over
 */
export function flightDirectory(t) {
  const parent = mkdtempSync(join(tmpdir(), "onescope-flight-"));
  t.after(() => rmSync(parent, { recursive: true, force: true }));
  return join(parent, "flights");
}

/**
 * @param {string} directory
 * @returns {string[]} the recordings in it, oldest first
 */
export function flightsIn(directory) {
  const names = readdirSync(directory).filter((name) => name.endsWith(".flight"));
  return names.sort().map((name) => join(directory, name));
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
 * Starts a recorded.mjs that records until it is stopped.
 *
 * @param {{ after(fn: () => void): void }} t the test
 * @param {string} directory
 * @returns {Promise<{ file: string, pid: number | undefined, end(signal?: "SIGKILL"): Promise<void> }>}
 */
export async function startRecording(t, directory) {
  const before = existsSync(directory) ? flightsIn(directory) : [];
  const child = spawn(process.execPath, [...inheritedFlags(), PROGRAM, JSON.stringify({ directory, end: "wait" })], {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: "", NODE_TEST_CONTEXT: undefined },
    stdio: ["pipe", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  await once(child.stdout, "data");
  const file = flightsIn(directory).find((each) => !before.includes(each)) ?? "none";
  return {
    file,
    pid: child.pid,
    async end(signal) {
      if (signal === undefined) child.stdin.end();
      else child.kill(signal);
      await once(child, "exit");
    },
  };
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
 * @param {string} path of a directory or a file
 * @returns {Promise<any>} what `onescope last-flight --json` says of it
 */
export async function readFlight(path) {
  const { code, stdout, stderr } = await lastFlight([path, "--json"]);
  assert.deepEqual([code, stderr], [0, ""]);
  return JSON.parse(stdout);
}

/** @param {any} flight */
export const labels = (flight) => flight.inFlight.map((/** @type {any} */ { label }) => label);
