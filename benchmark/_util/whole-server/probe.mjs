// Loaded into a server that is measured, on all variants alike: says over IPC, between two measurements, what the process used.

import { PerformanceObserver } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

if (isMainThread && process.env.BENCHMARK_PROBE === "1") {
  // Processes and threads that the server starts are not asked.
  delete process.env.BENCHMARK_PROBE;
  answer();
}

function answer() {
  let collecting = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) collecting += duration;
  }).observe({ entryTypes: ["gc"] });

  /** @type {import("node:inspector/promises").Session | undefined} */
  let session;
  const questions = {
    usage: () => ({ cpu: process.cpuUsage(), collecting, rss: process.memoryUsage.rss() }),
    startProfile: async (/** @type {number} */ interval) => {
      if (session === undefined) {
        session = new (await import("node:inspector/promises")).Session();
        session.connect();
        await session.post("Profiler.enable");
        await session.post("Profiler.setSamplingInterval", { interval });
      }
      await session.post("Profiler.start");
    },
    stopProfile: async () => {
      if (session === undefined) throw new Error("no profile was started");
      return samplesByFunction((await session.post("Profiler.stop")).profile);
    },
  };

  process.on("message", async (/** @type {{ ask: keyof typeof questions, value?: any }} */ { ask, value }) => {
    process.send?.({ reply: { result: await questions[ask](value) } });
  });
  process.once("disconnect", () => process.exit());
}

/**
 * What V8 implements itself, as a Map's `get`, has no script and counts to the function that called it.
 *
 * @param {import("node:inspector").Profiler.Profile} profile
 */
function samplesByFunction({ nodes }) {
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node])));
  /** @type {Map<string, { functionName: string, url: string, line: number, column: number, samples: number }>} */
  const functions = new Map();
  for (const node of nodes) {
    if (!node.hitCount) continue;
    let counted = node;
    while (counted.callFrame.url === "" && !counted.callFrame.functionName.startsWith("(")) {
      const parent = parents.get(counted.id);
      if (parent === undefined) break;
      counted = parent;
    }
    const { functionName, url, lineNumber, columnNumber } = counted.callFrame;
    // Called by nothing that has a script.
    const name = functionName === "(root)" ? "(program)" : functionName;
    const key = `${url}:${lineNumber}:${columnNumber}:${name}`;
    const entry = functions.get(key) ?? { functionName: name, url, line: lineNumber, column: columnNumber, samples: 0 };
    entry.samples += node.hitCount;
    functions.set(key, entry);
  }
  return [...functions.values()];
}
