import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../_support/run.mjs";

// The package as users get it: packed, and installed into an app that has nothing else.

test("the packed package installs, and runs on its addon", (t) => {
  const app = mkdtempSync(join(realpathSync(tmpdir()), "onescope-install-"));
  t.after(() => rmSync(app, { recursive: true, force: true }));
  const npm = (/** @type {string[]} */ ...args) => execFileSync("npm", args, { cwd: app, encoding: "utf8" });

  const [{ filename }] = JSON.parse(npm("pack", ROOT, "--json"));
  writeFileSync(join(app, "package.json"), JSON.stringify({ private: true, type: "module" }));
  npm("install", "--no-audit", "--no-fund", "--loglevel", "error", `./${filename}`);

  const source = `
    import { AsyncLocalStorage } from "node:async_hooks";
    import { backend, SlotStorage, store } from "onescope";
    import { createRequestContext, runWithRequestContext } from "onescope/shims/unified-request-context";
    import onescope from "onescope/vite";
    runWithRequestContext(createRequestContext(), () => {});
    console.log(backend, AsyncLocalStorage === SlotStorage, store.counts().created, onescope().name);
  `;
  const args = ["--import", "onescope/register", "--input-type=module", "--eval", source];
  const env = { ...process.env, NODE_OPTIONS: "", ONESCOPE_BACKEND: "native" };
  assert.equal(execFileSync(process.execPath, args, { cwd: app, encoding: "utf8", env }), "native true 1 onescope\n");

  const command = join(app, "node_modules/.bin/onescope");
  const run = (/** @type {string[]} */ ...given) =>
    execFileSync(process.execPath, [realpathSync(command), ...given], { cwd: app, encoding: "utf8", env });
  const report = JSON.parse(run("doctor", "--json"));
  assert.equal(report.backend.name, "native");
  assert.ok(report.backend.addon.path.startsWith(app), report.backend.addon.path);
  assert.equal(report.vinext, null);
  assert.deepEqual(report.problems, []);
  // As the shell starts it, by its first line.
  const path = { ...env, PATH: `${dirname(process.execPath)}:${env.PATH}` };
  assert.match(execFileSync(command, ["--version"], { encoding: "utf8", env: path }), /^\d+\.\d+\.\d+\n$/);
});
