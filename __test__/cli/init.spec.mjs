import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { PACKAGE_MANAGERS } from "../../js/cli/project/package-managers.js";
import { BIN, enter, makeApp, manifest, START, snapshot } from "../_support/init-app.mjs";
import { ROOT, runNode } from "../_support/run.mjs";
import { inTerminal, noTerminal } from "../_support/terminal.mjs";

describe("onescope init", () => {
  for (const [
    name,
    files,
    expected,
  ] of /** @type {Array<[string, Record<string, string | object>, Record<string, RegExp>]>} */ ([
    [
      "vinext",
      {
        "package.json": manifest("vinext"),
        "vite.config.ts": 'import vinext from "vinext";\nexport default { plugins: [vinext()] };\n',
        "tsconfig.json": "{}",
      },
      { "vite.config.ts": /\[onescope\(\), vinext\(\)\]/, "instrumentation.ts": /onescope\/auto/ },
    ],
    [
      "vinext",
      { "package.json": manifest("vinext") },
      { "vite.config.mjs": /\[onescope\(\), vinext\(\)\]/, "instrumentation.js": /onescope\/auto/ },
    ],
    [
      "Next.js",
      { "package.json": manifest("next"), "next.config.mjs": "export default {}", "src/app/page.js": "" },
      { "next.config.mjs": /serverExternalPackages: \["onescope"\]/, "src/instrumentation.js": /onescope\/auto/ },
    ],
    [
      "Nitro",
      { "package.json": manifest("nitro"), "server/api/x.mjs": "" },
      {
        "nitro.config.mjs": /^export default \{\n {2}plugins: .*\n {2}traceDeps: \["onescope\*"\],\n\};\n$/,
        "server/plugins/onescope.mjs": /^await import\("onescope\/auto"\);/,
      },
    ],
    [
      "Nest",
      {
        "package.json": manifest("@nestjs/core", { scripts: { start: "nest start", "start:prod": "node dist/main" } }),
      },
      { "package.json": /"start:prod": "node --import onescope\/auto dist\/main"/ },
    ],
    [
      "Express",
      { "package.json": manifest("express", START) },
      { "package.json": /"node --import onescope\/auto server.js"/ },
    ],
    ["Fastify", { "package.json": manifest("fastify", START) }, { "package.json": /--import onescope\/auto/ }],
    [
      "Hono",
      { "package.json": manifest("hono", { scripts: { dev: "tsx watch src/index.ts", start: "node dist/index.js" } }) },
      {
        "package.json": /"dev": "tsx watch src\/index.ts",\n {4}"start": "node --import onescope\/auto dist\/index.js"/,
      },
    ],
    [
      "Koa",
      { "package.json": manifest("koa"), "server.js": "" },
      { "package.json": /"start": "node --import onescope\/auto server.js"/ },
    ],
    ["Node.js", { "package.json": START }, { "package.json": /--import onescope\/auto/ }],
  ])) {
    test(`sets up ${name}, changes nothing again, and undoes it`, async () => {
      const { app, run, read, before } = makeApp(files);
      const { code, stdout, stderr } = await run("--yes", "--no-install");
      assert.deepEqual([code, stderr], [0, ""], stdout);
      assert.ok(stdout.startsWith(`Found ${name}, with `), stdout);
      assert.match(
        stdout,
        /Changed package.json.*\n\nNext: npm install, .*, then open http:\/\/127\.0\.0\.1:9464\/\n$/,
      );
      for (const [path, pattern] of Object.entries(expected)) assert.match(read(path), pattern);
      assert.match(JSON.parse(read("package.json")).dependencies.onescope, /^\^\d/);

      const changed = snapshot(app);
      const again = await run("-y", "--no-install");
      assert.equal(again.code, 0);
      assert.match(again.stdout, /Nothing to change: the app is set up for onescope\./);
      assert.deepEqual(snapshot(app), changed);

      const undone = await run("--undo");
      assert.equal(undone.code, 0);
      assert.match(undone.stdout, /package.json: restored/);
      assert.deepEqual(snapshot(app), before);
    });
  }

  test("without a terminal, and with --dry-run, it only shows the changes", async () => {
    const { app, run, before } = makeApp({ "package.json": manifest("koa", START) });
    const shown = await run();
    assert.equal(shown.code, 1);
    assert.match(shown.stdout, /^\+ {4}"onescope":[\s\S]*Nothing was changed: run onescope init --yes/m);
    const { code, stdout } = await run("--dry-run");
    assert.equal(code, 0);
    assert.match(stdout, /^\+ {4}"onescope":/m);
    assert.deepEqual(snapshot(app), before);
    assert.match((await run("--undo")).stdout, /Nothing to undo/);
  });

  test("says what has to be done by hand, and does the rest", async () => {
    const { run, read } = makeApp({
      "package.json": manifest("vinext", { devDependencies: { onescope: "1.2.3" } }),
      "vite.config.js": "export default {",
      "instrumentation.js": 'export { register } from "./other";',
    });
    const { code, stdout } = await run("--yes", "--no-install");
    assert.equal(code, 1);
    assert.match(
      stdout,
      /By hand:\n {2}- vite\.config\.js cannot be changed by itself \(Unexpected token.*\): add import onescope from "onescope\/vite"/,
    );
    assert.match(stdout, /- instrumentation\.js cannot be changed by itself: add to register\(\): if/);
    assert.match(stdout, /moves from devDependencies to dependencies/);
    assert.equal(JSON.parse(read("package.json")).dependencies.onescope, "1.2.3");
  });

  test("names a launcher that it cannot give a flag, and a Dockerfile that starts node", async () => {
    const { run } = makeApp({
      "package.json": manifest("fastify", { scripts: { start: "fastify start app.js" } }),
      Dockerfile: 'FROM node:24\nCMD ["node", "server.js"]\n',
    });
    const { code, stdout } = await run("--dry-run");
    assert.equal(code, 1);
    assert.match(
      stdout,
      /the script "start" \(fastify start app\.js\) starts Node through another program.*NODE_OPTIONS=--import=onescope\/auto/,
    );
    assert.match(stdout, /Dockerfile starts node itself.*add --import onescope\/auto after node/);
  });

  test("finds what was added to Nuxt by hand", async () => {
    const nuxt = { "package.json": { dependencies: { nuxt: "*", onescope: "*" } } };
    const { code, stdout } = await makeApp(nuxt).run("--dry-run");
    assert.deepEqual(
      [code, /plugins\/onescope\.ts with (.*?\))\), and/.exec(stdout)?.[1]],
      [1, 'export default defineNitroPlugin(() => import("onescope/auto")'],
    );
    const plugin = 'export default defineNitroPlugin(() => import("onescope/auto"));';
    assert.equal((await makeApp({ ...nuxt, "server/plugins/onescope.ts": plugin }).run("--dry-run")).code, 0);
  });

  test("ends with what to do next, by the app's own scripts", async () => {
    const next = { "app/page.js": "", "node_modules/onescope/package.json": {} };
    const scripts = { build: "next build", start: "next start" };
    for (const [files, steps] of /** @type {Array<[Record<string, string | object>, string]>} */ ([
      [{ ...next, "package.json": manifest("next", { scripts }) }, "npm install, npm run build, npm start"],
      [{ ...next, "package.json": manifest("next"), "yarn.lock": "" }, "yarn install, build the app, start the app"],
      [
        {
          "package.json": manifest("@nestjs/core", {
            scripts: { build: "nest build", start: "nest start", "start:prod": "node dist/main" },
          }),
          "pnpm-lock.yaml": "",
        },
        "pnpm install, pnpm run build, pnpm run start:prod",
      ],
      [{ "package.json": manifest("koa", { scripts: { build: "x", start: "node a.js" } }) }, "npm install, npm start"],
      [{ "package.json": {}, "server.js": "" }, "npm install, npm start"],
    ])) {
      const { stdout } = await makeApp(files).run("--yes", "--no-install");
      assert.ok(stdout.endsWith(`\nNext: ${steps}, then open http://127.0.0.1:9464/\n`), stdout);
    }
  });

  test("names the scripts for development, which stay without onescope", async () => {
    for (const [dev, said] of /** @type {const} */ ([
      ["node --watch server.js", /"dev" stays without onescope: add --import onescope\/auto after node there/],
      ["tsx watch server.ts", /"dev" stays without onescope: put NODE_OPTIONS=--import=onescope\/auto before it/],
    ])) {
      const { run } = makeApp({ "package.json": manifest("koa", { scripts: { ...START.scripts, dev } }) });
      assert.match((await run("--dry-run")).stdout, said);
    }
  });

  test("takes the package manager of the lock file", async () => {
    for (const [lock, name] of [
      ["pnpm-lock.yaml", "pnpm"],
      ["yarn.lock", "yarn"],
      ["bun.lock", "bun"],
      ["package-lock.json", "npm"],
    ]) {
      const { run } = makeApp({ "package.json": manifest("koa", START), [lock]: "" });
      assert.match((await run("--dry-run")).stdout, new RegExp(`^Found Koa, with ${name}\\.`));
    }
  });

  test("installs the package, and restores the lock file", async () => {
    const { app, run, before, read } = makeApp({
      "package.json": { name: "app", version: "1.0.0", ...START, devDependencies: { onescope: "file:./copy" } },
      // npm would install the packages of a real copy too, from its registry.
      "copy/package.json": { name: "onescope", version: "0.0.0" },
      "package-lock.json": {
        name: "app",
        version: "1.0.0",
        lockfileVersion: 3,
        requires: true,
        packages: { "": { name: "app", version: "1.0.0" } },
      },
    });
    const { code, stderr } = await run("--yes");
    assert.equal(code, 0, stderr);
    assert.ok(existsSync(join(app, "node_modules/onescope/package.json")));
    assert.match(read("package-lock.json"), /onescope/);
    assert.equal((await run("--undo")).code, 0);
    assert.deepEqual(snapshot(app), before);
  });

  test("a folder without package.json, or with a broken one, gets one line", async () => {
    const empty = makeApp({ "x.txt": "" });
    const { code, stderr } = await empty.run("--yes");
    assert.deepEqual(
      [code, stderr],
      [
        1,
        "ERR_ONESCOPE_PROJECT: there is no package.json in this folder: run onescope init in the folder of the app\n",
      ],
    );
    const workspace = await makeApp({ "package.json": { workspaces: ["apps/*"] } }).run("--yes");
    assert.equal(workspace.code, 1);
    assert.match(
      workspace.stderr,
      /^ERR_ONESCOPE_PROJECT: this is the root of a workspace: run onescope init in the folder of the app\n$/,
    );
    const broken = await makeApp({ "package.json": "{ x" }).run("--yes");
    assert.equal(broken.code, 1);
    assert.match(broken.stderr, /^ERR_ONESCOPE_PROJECT: package\.json cannot be read: .*\n$/);
  });

  test("what package.json has of other types counts as missing", async () => {
    const object = { toString: 1 };
    for (const files of [{ ...START, packageManager: object }, { dependencies: { next: object } }]) {
      const { code, stdout, stderr } = await makeApp({ "package.json": files }).run("--dry-run");
      assert.deepEqual([code, stderr], [0, ""]);
      assert.match(stdout, /^Found .*, with npm\.$/m);
    }
  });

  test("a file that init cannot use gets one line with a code", async () => {
    for (const [files, said] of /** @type {Array<[Record<string, string | object>, RegExp]>} */ ([
      [{ "package.json": { scripts: ["a"] } }, /package\.json cannot be read: scripts is not an object/],
      [
        { "package.json": { dependencies: null, ...START } },
        /package\.json cannot be read: dependencies is not an object/,
      ],
      [
        { "package.json": `{"a":${"[".repeat(2000)}${"]".repeat(2000)}}` },
        /package\.json cannot be read: Not enough stack space/,
      ],
      [{ "package.json": "[]" }, /package\.json cannot be read: it is not an object/],
      [{ "package.json": { ...START }, ".onescope/init.json": "{" }, /\.onescope\/init\.json cannot be read: /],
      [
        { "package.json": { ...START }, ".onescope/init.json": { version: 2, files: [] } },
        /\.onescope\/init\.json cannot be read: it is of another version of onescope/,
      ],
      [
        { "package.json": { ...START }, ".onescope/init.json": { version: 1, files: [{ path: "a" }] } },
        /\.onescope\/init\.json cannot be read: it is not a list of changes/,
      ],
    ])) {
      const { app, run, before } = makeApp(files);
      const { code, stderr } = await run("--yes", "--no-install");
      assert.equal(code, 1);
      assert.match(stderr, new RegExp(`^ERR_ONESCOPE_PROJECT: ${said.source}[^\n]*\n$`));
      assert.deepEqual(snapshot(app), before);
      if (".onescope/init.json" in files) assert.match((await run("--undo")).stderr, said);
    }
  });

  test("a folder that cannot be written gets one line with a code, and what to do", async () => {
    const { app, run, before } = makeApp({ "package.json": { ...START }, ".onescope": "" });
    const { code, stderr } = await run("--yes", "--no-install");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^ERR_ONESCOPE_PROJECT: \.onescope\/init\.json cannot be written: E[^\n]*; run this as the user who owns the folder\n$/,
    );
    assert.deepEqual(snapshot(app), before);
  });

  test("an empty package.json, and a folder with the name of a Dockerfile", async () => {
    for (const text of ["{}", "{\n}\n", "{ }"]) {
      const { app, run, read, before } = makeApp({ "package.json": text, "server.js": "", "Dockerfile/a": "" });
      const { code, stderr } = await run("--yes", "--no-install");
      assert.deepEqual([code, stderr], [0, ""]);
      const { scripts, dependencies } = JSON.parse(read("package.json"));
      assert.deepEqual(
        [scripts, Object.keys(dependencies)],
        [{ start: "node --import onescope/auto server.js" }, ["onescope"]],
      );
      await run("--undo");
      assert.deepEqual(snapshot(app), before);
    }
  });

  test("a folder above that cannot be listed is no hindrance", async () => {
    const { app } = makeApp({ "app/package.json": manifest("koa", START), "yarn.lock": "", ".git/HEAD": "" });
    const names = Object.values(PACKAGE_MANAGERS).flatMap(({ lockFiles }) => lockFiles);
    const readable = [ROOT, ...["app", ".git", ...names].map((name) => join(app, name))].map(
      (path) => `--allow-fs-read=${path}`,
    );
    const { stdout, stderr } = await runNode([
      "--permission",
      ...readable,
      enter(join(app, "app")),
      BIN,
      "init",
      "--dry-run",
    ]);
    assert.match(stdout, /^Found Koa, with yarn\./, stderr);
  });

  test("what a project says reaches no terminal as a command", async () => {
    const { run } = makeApp({
      "package.json": manifest("koa", { scripts: { start: "pm2 \u001b]0;owned\u0007\nNothing to change" } }),
    });
    const { stdout } = await run("--dry-run");
    assert.match(stdout, /the script "start" \(pm2 \?\]0;owned\?\?Nothing to change\)/);
    assert.ok(!stdout.includes("\u001b"));
  });

  test("keeps what is saved while the question is open", { skip: noTerminal }, async () => {
    const { app, read } = makeApp({ "package.json": manifest("koa", START) });
    const terminal = inTerminal([enter(app), BIN, "init", "--no-install"], { columns: 100, rows: 40 });
    await terminal.shows(/Make these changes\? \(y\/N\)/);
    const saved = JSON.stringify(manifest("koa", { ...START, version: "2.0.0" }));
    writeFileSync(join(app, "package.json"), saved);
    terminal.press("y\r");
    await terminal.shows(/ERR_ONESCOPE_PROJECT: package\.json was changed meanwhile/);
    assert.equal((await terminal.ended).code, 1);
    assert.equal(read("package.json"), saved);
    assert.ok(!existsSync(join(app, ".onescope")));
  });

  test("asks on a terminal", { skip: noTerminal }, async () => {
    for (const [keys, changed] of /** @type {const} */ ([
      ["n\r", false],
      ["\r", false],
      ["\u0004", false],
      ["y\r", true],
    ])) {
      const { app, before } = makeApp({ "package.json": manifest("koa", START) });
      const terminal = inTerminal([enter(app), BIN, "init", "--no-install"], { columns: 100, rows: 40 });
      await terminal.shows(/Make these changes\? \(y\/N\)/);
      terminal.press(keys);
      const { code } = await terminal.ended;
      assert.equal(code, changed ? 0 : 1);
      assert.equal(JSON.stringify(snapshot(app)) !== JSON.stringify(before), changed, JSON.stringify(keys));
    }
  });
});
