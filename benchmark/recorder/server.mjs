import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { node24, ROOT } from "../../scripts/setup.mjs";

const EXAMPLE = join(ROOT, "examples/vinext-app");
const PRELOAD = fileURLToPath(new URL("preload.mjs", import.meta.url));
const PLUGIN = pathToFileURL(fileURLToPath(new URL("plugin.mjs", import.meta.url))).href;

const CONFIG = `import vinext from "vinext";
import { defineConfig } from "vite";
import { recorderPlugin } from ${JSON.stringify(PLUGIN)};
export default defineConfig({ plugins: [recorderPlugin(), vinext()] });
`;

/** How long after its last byte a request may still do something. */
const SETTLE_MS = 200;

/**
 * Builds a copy of the example app with stock vinext and the recorder's calls in it.
 *
 * @returns {string} its folder, in the system's place for temporary files
 */
export function buildRecordedApp() {
  const app = mkdtempSync(join(realpathSync(tmpdir()), "onescope-record-"));
  for (const entry of readdirSync(EXAMPLE)) {
    if (!/^(node_modules|dist.*|\..*)$/.test(entry))
      cpSync(join(EXAMPLE, entry), join(app, entry), { recursive: true });
  }
  const from = join(EXAMPLE, "node_modules");
  mkdirSync(join(app, "node_modules"));
  for (const entry of readdirSync(from)) {
    if (!entry.startsWith(".")) symlinkSync(realpathSync(join(from, entry)), join(app, "node_modules", entry));
  }
  writeFileSync(join(app, "vite.config.ts"), CONFIG);
  const { status, stdout, stderr } = spawnSync(node24(), [join(from, "vite/bin/vite.js"), "build"], {
    cwd: app,
    encoding: "utf8",
    env: { ...process.env, NODE_ENV: undefined },
  });
  if (status !== 0) throw new Error(`the example does not build with the recorder in it:\n${stdout}${stderr}`);
  return app;
}

/**
 * Serves the app in a process that records.
 *
 * @param {string} app
 */
export async function startRecordedServer(app) {
  const child = spawn(node24(), ["--import", PRELOAD, "serve.mjs", "--port", "0"], {
    cwd: app,
    env: { ...process.env, EXAMPLE_STOCK: "1", NODE_OPTIONS: "" },
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  let output = "";
  let origin = "";
  child.stdout.setEncoding("utf8");
  while (origin === "") {
    const [text] = await once(child.stdout, "data");
    output += text;
    origin = / on (http:\/\/\S+)/.exec(output)?.[1] ?? "";
  }
  const send = async (/** @type {string} */ message) => {
    child.send(message);
    const [response] = await once(child, "message");
    return response;
  };
  return {
    origin,
    /** @param {() => Promise<unknown>} request */
    async record(request) {
      await send("start");
      await request();
      await sleep(SETTLE_MS);
      return JSON.parse(await send("stop"));
    },
    stop: () => child.kill("SIGKILL"),
  };
}
