import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { backend } from "../../js/index.js";
import { loadNative } from "../../js/store/native/load.js";
import { ROOT, runNode } from "../_support/run.mjs";

const LISTEN = 'require("node:net").createServer().listen(0, "127.0.0.1", () => console.log("listening"))';
// Its server keeps no process alive.
const SERVE = `setInterval(() => {}, 1000); import(${JSON.stringify(join(ROOT, "js/inspect.js"))}).then(({ serve }) => console.log(serve({ port: 0 }).url))`;
const LOAD = `import(${JSON.stringify(join(ROOT, "js/index.js"))}).then(() => ${LISTEN})`;

// Only Linux shows what a process has loaded.
const skip = process.platform !== "linux" || backend !== "native";

test("doctor names the processes of a folder that have not loaded onescope, and no others", { skip }, async (t) => {
  const home = mkdtempSync(join(realpathSync(tmpdir()), "onescope-doctor-processes-"));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const app = join(home, "app");
  mkdirSync(app);
  writeFileSync(join(app, "package.json"), JSON.stringify({ dependencies: { express: "*", onescope: "*" } }));
  mkdirSync(join(app, "node_modules"));
  symlinkSync(ROOT, join(app, "node_modules/onescope"), "junction");
  const env = { ONESCOPE_RUNTIME_DIR: join(home, "registry") };
  const { native } = loadNative();
  const addonAs = (/** @type {string} */ name) => {
    copyFileSync(String(native?.path), join(home, name));
    return { ONESCOPE_NATIVE_PATH: join(home, name) };
  };
  const start = async (/** @type {string} */ source, /** @type {Record<string, string>} */ more = {}) => {
    const child = spawn(process.execPath, ["--eval", source], {
      cwd: app,
      env: { ...process.env, NODE_OPTIONS: "", NODE_TEST_CONTEXT: undefined, ...env, ...more },
      stdio: ["ignore", "pipe", "inherit"],
    });
    t.after(() => child.kill("SIGKILL"));
    const [line] = await once(child.stdout, "data");
    return { pid: child.pid, line: String(line).trim() };
  };
  const without = await start(LISTEN);
  const serves = await start(SERVE, addonAs("of-another-name.node"));
  await start(LOAD, addonAs("onescope.node"));
  // As an install does while it runs.
  rmSync(join(home, "onescope.node"));
  const { stdout } = await runNode([join(ROOT, "bin/onescope.mjs"), "doctor", app, "--json"], { env });
  const { app: found, advice, problems } = JSON.parse(stdout);
  assert.deepEqual(found.runningWithout, [without.pid]);
  assert.deepEqual(
    advice.filter((/** @type {string} */ text) => text.startsWith("process ")),
    [
      `process ${without.pid} listens in this folder and has not loaded onescope; if it is the app, restart it`,
      `process ${serves.pid} has onescope only by how it was started, such as by NODE_OPTIONS; npx onescope init sets the app up`,
    ],
  );
  assert.deepEqual(
    found.running.map((/** @type {any} */ { pid, url }) => [pid, url]),
    [[serves.pid, serves.line]],
  );
  // Not that nothing loads onescope either: one of them has.
  assert.deepEqual(problems, []);
});
