import assert from "node:assert/strict";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { makeApp, manifest, START, snapshot } from "../_support/init-app.mjs";

describe("onescope init --undo", () => {
  test("what onescope keeps in .onescope is not for git, and recordings outlive --undo", async () => {
    const { app, run, read } = makeApp({ "package.json": manifest("koa", START) });
    await run("--yes", "--no-install");
    assert.equal(read(".onescope/.gitignore"), "*\n");
    mkdirSync(join(app, ".onescope/flights"));
    await run("--undo");
    assert.deepEqual(readdirSync(join(app, ".onescope")).sort(), [".gitignore", "flights"]);
  });

  test("--undo --dry-run shows what it would restore, and restores nothing", async () => {
    const { app, run, before } = makeApp({ "package.json": manifest("next"), "app/page.js": "" });
    await run("--yes", "--no-install");
    const changed = snapshot(app);
    const { code, stdout } = await run("--undo", "--dry-run");
    assert.equal(code, 0);
    assert.match(stdout, /^package\.json: would be restored$/m);
    assert.match(stdout, /^instrumentation\.js: would be removed$/m);
    assert.deepEqual(snapshot(app), changed);
    await run("--undo");
    assert.deepEqual(snapshot(app), before);
  });

  test("--undo without its record names where onescope is set up", async () => {
    for (const [files, places] of /** @type {Array<[Record<string, string | object>, RegExp]>} */ ([
      [
        { "package.json": manifest("next"), "src/app/page.js": "" },
        /- src\/instrumentation\.js loads onescope\n {2}- next\.config\.mjs names onescope\n/,
      ],
      [{ "package.json": manifest("koa", START) }, /- package\.json: the script "start" loads onescope\n/],
      [
        { "package.json": manifest("nitro") },
        /- plugins\/onescope\.mjs loads onescope\n {2}- nitro\.config\.mjs names onescope\n/,
      ],
    ])) {
      const { app, run } = makeApp(files);
      await run("--yes", "--no-install");
      rmSync(join(app, ".onescope"), { recursive: true });
      const changed = snapshot(app);
      const { code, stdout } = await run("--undo");
      assert.equal(code, 1, stdout);
      assert.match(stdout, places);
      assert.match(stdout, /by hand, or revert the commit/);
      assert.deepEqual(snapshot(app), changed);
    }
  });

  test("--undo says what is left: a build that imports onescope, and the package", async () => {
    const { app, run } = makeApp({
      "package.json": { dependencies: { next: "*", onescope: "*" } },
      ".next/BUILD_ID": "x",
      ".next/server/a.js": 'require("onescope-0123456789abcdef/auto")',
      "pnpm-lock.yaml": "",
    });
    await run("--yes", "--no-install");
    const { code, stdout } = await run("--undo");
    assert.equal(code, 0);
    assert.match(stdout, /^Build the app again: \.next imports onescope, and does not start without the package\.$/m);
    assert.match(stdout, /package\.json names onescope, as before onescope init: pnpm remove onescope removes it\.$/m);
    assert.doesNotMatch(stdout, /node_modules/);
    const other = makeApp({ "package.json": manifest("koa", START), "node_modules/onescope/package.json": {} });
    assert.ok(other.app !== app);
    await other.run("--yes", "--no-install");
    assert.match((await other.run("--undo")).stdout, /^The package stays in node_modules until the next install\.$/m);
  });
});
