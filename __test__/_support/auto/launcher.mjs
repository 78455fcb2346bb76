// Starts server.mjs as npm, npx and the command of a framework do, and prints about itself what the server prints.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const server = spawn(process.execPath, [fileURLToPath(new URL("server.mjs", import.meta.url))], {
  stdio: ["ignore", "pipe", "inherit"],
});
server.stdout.once("data", (line) => {
  const loaded = readFileSync("/proc/self/maps", "utf8").includes("onescope.linux");
  console.log(JSON.stringify({ pid: process.pid, loaded, server: JSON.parse(line) }));
});
process.on("SIGTERM", () => {
  server.kill();
  process.exit();
});
