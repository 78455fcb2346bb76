// Tells startup.mjs, as the process ends, what it has used.

const { readFileSync, writeSync } = require("node:fs");

const PIPE = 3;

process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const { VmHWM = maxRSS, RssAnon } = status();
  const usage = {
    processor: (userCPUTime + systemCPUTime) / 1000,
    memory: VmHWM / 1024,
    own: RssAnon && RssAnon / 1024,
  };
  writeSync(PIPE, JSON.stringify(usage));
});

/** @returns {Record<string, number>} in kB, on Linux; a process inherits the `maxRSS` of the one that started it, and not `VmHWM` */
function status() {
  try {
    const text = readFileSync("/proc/self/status", "latin1");
    return Object.fromEntries(text.matchAll(/^(\w+):\s*(\d+) kB$/gm).map(([, name, kB]) => [name, Number(kB)]));
  } catch {
    return {};
  }
}
