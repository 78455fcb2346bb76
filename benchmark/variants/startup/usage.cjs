// Tells startup.mjs, as the process ends, what it has used.

const { readFileSync, writeSync } = require("node:fs");

const PIPE = 3;

process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  writeSync(PIPE, JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1000, memory: (peak() ?? maxRSS) / 1024 }));
});

/** @returns {number | undefined} kB. A process inherits the `maxRSS` of the one that started it, and this not. */
function peak() {
  try {
    return Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
  } catch {
    return undefined;
  }
}
