// `npm start [-- --port 3000]`: the example app in production on Node 24, with every storage of the process a slot.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { node24, setup } from "./setup.mjs";

await setup();

const cwd = join(fileURLToPath(new URL("..", import.meta.url)), "examples/vinext-app");
const args = ["--import", "onescope/register", "serve.mjs", ...process.argv.slice(2)];
const server = spawn(node24(), args, { cwd, stdio: "inherit" });
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => server.kill(signal));
server.on("exit", (code, signal) => process.exit(signal === null ? code : 0));
