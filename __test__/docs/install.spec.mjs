import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { pack } from "../../scripts/pack.mjs";
import { hostPlatform } from "../../scripts/platforms/addons.mjs";
import { installPacked, packed } from "../_support/packed.mjs";
import { ROOT } from "../_support/run.mjs";

// The packages as users get them: packed, and installed into an app that has nothing else.

const manifestIn = (/** @type {string} */ folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

test("the main package depends on the platform's, which npm installs where its addon runs", () => {
  const { folder } = packed();
  const { name, platform, arch, libc } = hostPlatform();
  const { version, license, engines } = manifestIn(ROOT);

  const main = manifestIn(join(folder, "onescope"));
  assert.deepEqual(main.optionalDependencies, { [`@onescope/${name}`]: version });
  assert.deepEqual([main.version, main.scripts, main.devDependencies], [version, undefined, undefined]);

  const where = join(folder, "@onescope", name);
  assert.deepEqual(readdirSync(where).sort(), ["LICENSE", "THIRD-PARTY-NOTICES.md", "onescope.node", "package.json"]);
  const { description, exports, publishConfig, ...manifest } = manifestIn(where);
  assert.match(description, /^The addon of onescope for /);
  assert.equal(exports["."], "./onescope.node");
  assert.deepEqual(publishConfig, { access: "public" });
  const runsOn = {
    os: [platform],
    cpu: [arch],
    ...(libc === undefined ? {} : { libc: [libc === "gnu" ? "glibc" : libc] }),
  };
  assert.deepEqual(manifest, {
    name: `@onescope/${name}`,
    version,
    license,
    engines,
    ...runsOn,
    main: "onescope.node",
  });
});

test("nothing is published from the repository, nor packed without every platform's addon", (t) => {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "onescope-publish-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const run = (/** @type {string} */ command, /** @type {string[]} */ ...args) =>
    spawnSync(command, args, { cwd: ROOT, encoding: "utf8", env: { ...process.env, NODE_OPTIONS: "" } });

  // Discard's port, where nothing listens: if npm did not stop before, it would fail another way.
  const published = run("npm", "publish", "--dry-run", "--registry", "http://127.0.0.1:9");
  assert.notEqual(published.status, 0);
  assert.match(
    published.stderr,
    /onescope: nothing is published from the repository, only what npm run pack makes of it/,
  );

  assert.throws(
    () => pack({ out: folder, addons: folder }),
    /^Error: no addon for linux-x64-gnu, .*win32-x64-msvc; build it with npm run build:platforms$/,
  );
  assert.deepEqual(readdirSync(folder), []);
});

test("the packed packages install, and run on the addon", (t) => {
  const app = mkdtempSync(join(realpathSync(tmpdir()), "onescope-install-"));
  t.after(() => rmSync(app, { recursive: true, force: true }));
  const scripts = { start: "node --import onescope/auto server.js" };
  writeFileSync(join(app, "package.json"), JSON.stringify({ private: true, type: "module", scripts }));
  installPacked(app);

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
  assert.equal(report.summary, 'register loaded by the script "start"; addon native');
  // As the shell starts it, by its first line.
  const path = { ...env, PATH: `${dirname(process.execPath)}:${env.PATH}` };
  assert.match(execFileSync(command, ["--version"], { encoding: "utf8", env: path }), /^\d+\.\d+\.\d+\n$/);
});
