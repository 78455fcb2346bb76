import { spawn } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { BLOCKS } from "./block.mjs";
import { checkPeer, checkReports } from "./check.mjs";

const APP = fileURLToPath(new URL("app.mjs", import.meta.url));

export const THRESHOLD_MS = 300;
const BLOCK_MS = 850;
const REQUESTS = 20;
/** How often a case is played again if it fails while the machine is short of processor. */
const MORE_CHANCES = 3;

/** A timer of this process that fires this late shows that the machine is short of processor. */
const LAG_MS = 20;

/** A native call that cannot be marked. */
const GUESSED = "JSON.parse of 50 MB";

/** When the culprit blocks. */
export const WHEN = ["before any await", "among 20", "two in turn", "two at once", "nested scopes", "for ever"];

/** @typedef {{ node: { name: string, path: string, flags: string[] }, place: "main" | "worker", kind: string }} Row */
/** @typedef {import("./check.mjs").CaseResult} CaseResult */

/**
 * Plays cases that differ in `when` only.
 *
 * @param {Row} row
 * @param {string[]} whens of `WHEN`
 * @param {"onescope" | "peer"} [watcher]
 * @param {AbortSignal} [signal] kills the app, which may be blocked for ever
 * @returns {Promise<Record<string, CaseResult>>} by `when`; those that cannot be are left out
 */
export async function play(row, whens, watcher = "onescope", signal = undefined) {
  /** @type {Record<string, CaseResult>} */
  const results = {};
  const possible = whens.filter((when) => when !== "for ever" || BLOCKS[row.kind].forever);
  for (const group of [
    possible.filter((when) => when !== "for ever"),
    possible.filter((when) => when === "for ever"),
  ]) {
    if (group.length === 0) continue;
    let app = await startApp(row, watcher, signal);
    await app.request("/prepare", { kind: row.kind, ...(group[0] === "for ever" ? {} : { ms: String(BLOCK_MS) }) });
    for (const when of group) {
      results[when] = await playCase(app, row, when, watcher);
      // It may have been the machine, so the case is played again, and says so.
      for (let more = MORE_CHANCES; more > 0; more--) {
        if (results[when].problems.length === 0 || !results[when].retryable) break;
        if (when === "for ever") {
          await app.stop();
          app = await startApp(row, watcher, signal);
          await app.request("/prepare", { kind: row.kind });
        }
        results[when] = { ...(await playCase(app, row, when, watcher)), again: true };
      }
    }
    await app.stop();
  }
  return results;
}

/**
 * @param {Awaited<ReturnType<typeof startApp>>} app
 * @param {Row} row
 * @param {string} when
 * @param {"onescope" | "peer"} watcher
 * @returns {Promise<CaseResult>}
 */
async function playCase(app, { place, kind }, when, watcher) {
  const from = app.lines.length;
  const machine = watchMachine();
  const forever = when === "for ever";
  const two = when.startsWith("two");
  const replies = Array.from({ length: REQUESTS }, (_, number) => {
    const role = number === 12 ? "culprit" : two && number === 15 ? "second" : "";
    return app.request("/", { role, when });
  });
  if (forever) {
    for (const reply of replies) reply.catch(() => {});
    await app.until(() => app.lines.slice(from).some(({ line }) => line.blocks !== undefined));
    await sleep(THRESHOLD_MS + 2 * THRESHOLD_MS + 300);
  } else {
    await Promise.all(replies);
    await sleep(200);
  }
  const lines = app.lines.slice(from);
  const thread = place === "main" ? 0 : 1;
  const expected = { thresholdMs: THRESHOLD_MS, culprits: two ? 2 : 1, forever, when, sure: kind !== GUESSED, thread };
  const result = watcher === "peer" ? checkPeer(lines, expected) : checkReports(lines, expected);
  return { ...result, retryable: machine.lagMs() >= LAG_MS || result.retryable };
}

/**
 * @param {Row} row
 * @param {"onescope" | "peer"} watcher
 * @param {AbortSignal} [signal]
 */
async function startApp({ node, place }, watcher, signal) {
  const settings = JSON.stringify({ place, thresholdMs: THRESHOLD_MS, watcher });
  const child = spawn(node.path, [...node.flags, APP, settings], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_OPTIONS: "", NODE_TEST_CONTEXT: undefined },
  });
  /** @type {Array<{ line: any, arrived: number }>} what it said on both streams */
  const lines = [];
  /** @type {Set<() => void>} */
  const waiting = new Set();
  let errors = "";
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (text) => {
      if (text.startsWith("{")) lines.push({ line: JSON.parse(text), arrived: Date.now() });
      else errors += `${text}\n`;
      for (const check of waiting) check();
    });
  }
  const ended = once(child, "close");
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);
  signal?.addEventListener("abort", kill, { once: true });
  /** @param {() => boolean} test */
  const until = (test) =>
    new Promise((resolve, reject) => {
      const check = () => {
        if (!test()) return;
        waiting.delete(check);
        resolve(undefined);
      };
      void ended.then(() => reject(new Error(`the app ended:\n${errors}`)));
      waiting.add(check);
      check();
    });
  await until(() => lines.some(({ line }) => line.port !== undefined));
  const { port } = lines.find(({ line }) => line.port !== undefined)?.line ?? {};
  return {
    lines,
    until,
    /**
     * @param {string} path
     * @param {Record<string, string>} query
     */
    request: (path, query) =>
      new Promise((resolve, reject) => {
        const url = `http://127.0.0.1:${port}${path}?${new URLSearchParams(query)}`;
        get(url, { agent: false }, (response) => response.resume().once("end", resolve)).once("error", reject);
      }),
    stop: async () => {
      process.off("exit", kill);
      kill();
      await ended;
    },
  };
}

/** Measures how far the machine is behind: the longest delay of a timer in this process. */
function watchMachine() {
  let last = performance.now();
  let most = 0;
  const measure = () => {
    const now = performance.now();
    most = Math.max(most, now - last - 10);
    last = now;
  };
  // A case that fails does not end the measurement, and must not keep the process alive.
  const timer = setInterval(measure, 10).unref();
  return {
    /** Ends the measurement. */
    lagMs: () => {
      measure();
      clearInterval(timer);
      return most;
    },
  };
}
