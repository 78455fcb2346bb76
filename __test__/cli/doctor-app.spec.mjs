import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, test } from "node:test";
import { examineApp, findAdvice, findProblems, summarize } from "../../js/cli/doctor/app.js";
import { ownPlatforms, PLATFORMS } from "../../js/store/native/platforms.js";
import { ROOT, runNode } from "../_support/run.mjs";

const folder = mkdtempSync(join(realpathSync(tmpdir()), "onescope-doctor-app-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const NATIVE = { name: "native", requested: null };
const CORE = 'throw new Error("ERR_ONESCOPE_SLOT_CONFLICT")';
const VITE = 'import vinext from "vinext";\nexport default { plugins: [vinext()] };';
const WITH_PLUGIN =
  'import o from "onescope/vite";\nimport vinext from "vinext";\nexport default { plugins: [o(), vinext()] };';
const SHIMS = 'import{a}from"onescope/shims/unified-request-context";';
const report = (/** @type {string[]} */ swapped, /** @type {string[]} */ kept = []) =>
  JSON.stringify({ onescope: "1", swapped, kept });

let count = 0;

/**
 * @param {Record<string, string | object>} files
 * @param {{ installed?: boolean }} [options]
 */
function look(files, { installed = true } = {}) {
  const app = join(folder, `app-${count++}`);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(app, path)), { recursive: true });
    writeFileSync(join(app, path), typeof content === "string" ? content : JSON.stringify(content));
  }
  if (installed) {
    mkdirSync(join(app, "node_modules"), { recursive: true });
    symlinkSync(ROOT.replace(/\/$/, ""), join(app, "node_modules/onescope"), "junction");
  }
  const found = examineApp(app);
  assert.ok(found);
  return {
    app,
    found,
    line: summarize(found, NATIVE),
    problems: findProblems(found).map(
      ({ problem, fix }) => `${problem.replaceAll(app, "APP")} > ${fix.replaceAll(app, "APP")}`,
    ),
    advice: findAdvice(found),
  };
}

const uses = (/** @type {string[]} */ ...names) => ({
  dependencies: Object.fromEntries(["onescope", ...names].map((name) => [name, "*"])),
});
const EXPRESS = { ...uses("express"), scripts: { start: "node --import onescope/auto server.js" } };

describe("doctor's first line and problems", () => {
  for (const [
    name,
    files,
    line,
    problems,
  ] of /** @type {Array<[string, Record<string, string | object>, string, RegExp[]]>} */ ([
    [
      "a vinext app that is right",
      {
        "package.json": uses("vinext"),
        "vite.config.ts": WITH_PLUGIN,
        "dist/server/index.js": SHIMS,
        "dist/server/onescope.json": report(["headers", "a"]),
        "dist/server/ssr/onescope.json": report(["headers", "b"]),
      },
      "plugin on, 3 of 3 modules swapped in dist; register not loaded; addon native",
      [],
    ],
    [
      "one without a build, with instrumentation",
      {
        "package.json": uses("vinext"),
        "vite.config.ts": WITH_PLUGIN,
        "instrumentation.ts": 'export const register = () => import("onescope/auto");',
      },
      "plugin on, no build; register loaded by instrumentation.ts; addon native",
      [],
    ],
    [
      "one without the plugin",
      { "package.json": uses("vinext"), "vite.config.ts": VITE, "dist/server/index.js": "" },
      "plugin off, no onescope in dist; register not loaded; addon native",
      [
        /does not use the plugin onescope\/vite > npx onescope init/,
        /nothing loads onescope when the vinext server starts/,
      ],
    ],
    [
      "one that imports the plugin and does not call it",
      { "package.json": uses("vinext"), "vite.config.ts": `import onescope from "onescope/vite";\n${VITE}` },
      "plugin imported, not called, no build; register not loaded; addon native",
      [/imports and does not call the plugin/, /nothing loads onescope/],
    ],
    [
      "one that was built before the plugin",
      { "package.json": uses("vinext"), "vite.config.ts": WITH_PLUGIN, "dist/server/index.js": "export default 1;" },
      "plugin on, no onescope in dist; register not loaded; addon native",
      [/^dist\/server was built without the plugin > build the app again/],
    ],
    [
      "one with modules of vinext's own",
      {
        "package.json": uses("vinext"),
        "vite.config.ts": WITH_PLUGIN,
        "dist/server/index.js": SHIMS,
        "dist/server/onescope.json": report(["a"], ["headers"]),
      },
      "plugin on, 1 of 2 modules swapped in dist; register not loaded; addon native",
      [/has 1 of 2 modules of vinext's own: headers > build the app again/],
    ],
    [
      "onescope in devDependencies",
      {
        "package.json": { dependencies: { vinext: "1" }, devDependencies: { onescope: "1" } },
        "vite.config.js": WITH_PLUGIN,
      },
      "plugin on, no build; register not loaded; addon native",
      [/in devDependencies.* > npx onescope init/],
    ],
    [
      "a Next.js app that is right",
      {
        "package.json": uses("next"),
        "next.config.mjs": 'export default { serverExternalPackages: ["onescope"] };',
        "src/instrumentation.js": 'export const register = () => import("onescope/auto");',
        ".next/BUILD_ID": "",
        ".next/server/chunks/a.js":
          'e.x("onescope-0123456789abcdef/auto",()=>require("onescope-0123456789abcdef/auto"))',
      },
      "onescope external, imported by .next; register loaded by src/instrumentation.js; addon native",
      [],
    ],
    [
      "a Next.js app that bundles it",
      {
        "package.json": uses("next"),
        "next.config.js": "module.exports = {};",
        "instrumentation.js": 'export const register = () => import("onescope/auto");',
        ".next/BUILD_ID": "",
        ".next/server/chunks/a.js": CORE,
      },
      "onescope not external, bundled into .next; register loaded by instrumentation.js; addon native",
      [
        /^onescope is bundled into \.next\/server\/chunks\/a\.js, from where it finds no addon > mark onescope external/,
      ],
    ],
    [
      "a Next.js app that was built before its set-up",
      {
        "package.json": uses("next"),
        "next.config.js": 'module.exports = { serverExternalPackages: ["onescope"] };',
        "instrumentation.js": 'export const register = () => import("onescope/auto");',
        ".next/BUILD_ID": "",
        ".next/server/instrumentation.js": "",
      },
      "onescope external, no onescope in .next; register loaded by instrumentation.js; addon native",
      [/^the build in \.next was made before onescope was set up, and does not load it > build the app again$/],
    ],
    [
      "a vinext app that was built before its instrumentation",
      {
        "package.json": uses("vinext"),
        "vite.config.ts": WITH_PLUGIN,
        "instrumentation.ts": 'export const register = () => import("onescope/auto");',
        "dist/server/index.js": SHIMS,
      },
      "plugin on, imported by dist; register loaded by instrumentation.ts; addon native",
      [/^the build in dist\/server was made before/],
    ],
    [
      "a Next.js app with the output of its development server",
      {
        "package.json": uses("next"),
        "next.config.js": 'module.exports = { serverExternalPackages: ["onescope"] };',
        "instrumentation.js": 'export const register = () => import("onescope/auto");',
        ".next/server/instrumentation.js": "",
      },
      "onescope external, no build; register loaded by instrumentation.js; addon native",
      [],
    ],
    [
      "Nitro that traces it",
      {
        "package.json": uses("nitro"),
        "plugins/onescope.ts": 'import "onescope/auto";',
        ".output/server/index.mjs": 'import "onescope/auto";',
      },
      "imported by .output; register loaded by plugins/onescope.ts; addon native",
      [],
    ],
    [
      "Nuxt whose build left the import out",
      {
        "package.json": uses("nuxt"),
        "server/plugins/onescope.ts": 'import "onescope/auto";\nexport default defineNitroPlugin(() => {});',
        ".output/server/index.mjs": "",
      },
      "register loaded by server/plugins/onescope.ts; addon native",
      [
        /^\.output does not import onescope, and server\/plugins\/onescope\.ts does > build .* import\("onescope\/auto"\)/,
      ],
    ],
    [
      "Express",
      { "package.json": EXPRESS, "server.js": "" },
      'register loaded by the script "start"; addon native',
      [],
    ],
    [
      "Express with a script that the server does not load",
      {
        "package.json": { ...uses("express"), scripts: { start: "node server.js", bench: "node scripts/bench.mjs" } },
        "server.js": 'import "./app.js";',
        "app.js": "",
        "scripts/bench.mjs": 'import "onescope/register";',
      },
      "register not loaded; addon native",
      [/^nothing loads onescope when the Express server starts/],
    ],
    [
      "Express whose entry imports a file that loads it",
      {
        "package.json": { ...uses("express"), scripts: { start: "node dist/server.js" } },
        "src/server.ts": 'import "./telemetry.js";',
        "src/telemetry.ts": 'import "onescope/auto";',
      },
      "register loaded by src/telemetry.ts; addon native",
      [],
    ],
    [
      "Express with pnpm, and nothing that loads onescope",
      { "package.json": uses("express"), "pnpm-lock.yaml": "" },
      "register not loaded; addon native",
      [/nothing loads onescope when the Express server starts > pnpm exec onescope init, or start it by node --import/],
    ],
    [
      "Express whose Dockerfile and second script start node",
      {
        "package.json": { ...EXPRESS, scripts: { ...EXPRESS.scripts, "start:prod": "node server.js" } },
        Dockerfile: 'FROM node:24\nCMD ["node", "server.js"]',
      },
      'register loaded by the script "start"; addon native',
      [
        /script "start:prod" starts Node without onescope/,
        /^Dockerfile starts Node without onescope > add --import onescope\/auto/,
      ],
    ],
    [
      "Express started by a Dockerfile with the flag",
      { "package.json": uses("express"), Dockerfile: 'CMD ["node", "--import", "onescope/auto", "server.js"]' },
      "register loaded by Dockerfile; addon native",
      [],
    ],
    [
      "plain code that uses the API",
      { "package.json": uses(), "lib/a.mts": 'import { SlotStorage } from "onescope";' },
      "register not loaded; addon native",
      [],
    ],
    [
      "the root of a workspace",
      { "package.json": { ...uses(), workspaces: ["packages/*"] } },
      "register not loaded; addon native",
      [/the root of a workspace, not an app > run this in the folder of the app/],
    ],
  ])) {
    test(name, () => {
      const seen = look(files);
      assert.equal(seen.line, line);
      assert.equal(seen.problems.length, problems.length, seen.problems.join("\n"));
      for (const [index, pattern] of problems.entries()) assert.match(seen.problems[index], pattern);
      assert.ok(!seen.advice.some((text) => text.includes("this command is")), seen.advice.join());
    });
  }

  test("not installed, or installed and not named by package.json", () => {
    const missing = look({ "package.json": EXPRESS, "yarn.lock": "" }, { installed: false });
    assert.deepEqual(missing.problems, ["onescope is not installed in APP > run yarn install"]);
    const unnamed = look({ "package.json": { name: "x", scripts: EXPRESS.scripts }, "bun.lock": "" });
    assert.deepEqual(unnamed.problems, [
      "package.json does not name onescope, so npx would ask the registry for it > bun add onescope",
    ]);
  });

  test("a bundle and a standalone folder that have no addon, or no package", () => {
    const { app, problems } = look(
      { "package.json": uses(), "dist/server.mjs": CORE, ".output/server/index.mjs": 'import "onescope/auto";' },
      { installed: false },
    );
    assert.deepEqual(problems.slice(1), [
      ".output/server imports onescope/auto, and no node_modules above it has onescope > install onescope in APP, or copy node_modules/onescope there",
      "onescope is bundled into dist/server.mjs, from where it finds no addon > mark onescope external and build again, or install the platform's package beside the bundle",
    ]);
    // A copy without the package of this machine's platform.
    const own = join(app, ".output/server/node_modules/onescope");
    for (const path of ["package.json", "js/index.js"]) cpSync(join(ROOT, path), join(own, path));
    const again = examineApp(app);
    assert.ok(again);
    assert.match(
      findProblems(again)[1].problem,
      /\.output\/server imports onescope, whose addon for this machine is not there/,
    );
    assert.match(findProblems(again)[1].fix, /node_modules\/@onescope to \.output\/server\/node_modules/);
    // One that was built here, for another machine and for this one.
    const addon = () => examineApp(app)?.builds.find((build) => build.folder === ".output/server")?.addon;
    const [{ name }] = ownPlatforms();
    const other = PLATFORMS.find((each) => each.name !== name);
    const built = (/** @type {string | undefined} */ each) => join(own, `js/store/native/onescope.${each}.node`);
    mkdirSync(join(own, "js/store/native"), { recursive: true });
    writeFileSync(built(other?.name), "");
    assert.equal(addon(), null);
    writeFileSync(built(name), "");
    assert.equal(addon(), built(name));
  });

  test("a standalone output has to have the addon itself, wherever it is", () => {
    const { app, found } = look({
      "package.json": uses("next"),
      "next.config.mjs": 'export default { output: "standalone", serverExternalPackages: ["onescope"] };',
      ".next/standalone/package.json": uses("next"),
      ".next/standalone/server.js": "",
      ".next/standalone/.next/BUILD_ID": "",
      ".next/standalone/.next/server/a.js": "import(`onescope/auto`)",
      "node_modules/@onescope/linux-x64-gnu/package.json": {},
      "node_modules/@onescope/linux-x64-gnu/onescope.node": "",
    });
    const copy = join(app, ".next/standalone/node_modules/onescope");
    for (const path of ["package.json", "js/auto.js"]) cpSync(join(ROOT, path), join(copy, path));
    const again = examineApp(app);
    assert.ok(again);
    assert.match(
      findProblems(again)[0].problem,
      /^\.next\/standalone imports onescope, whose addon for this machine is not there/,
    );
    const standalone = examineApp(join(app, ".next/standalone"));
    assert.ok(standalone);
    assert.equal(standalone.standalone, true);
    assert.equal(summarize(standalone, NATIVE), "imported by .next; register loaded by .next; addon native");
    assert.match(findProblems(standalone)[0].problem, /^\.next imports onescope, whose addon/);
    assert.equal(found.standalone, false);
  });

  test("what belongs to others is passed over", () => {
    const { line, problems } = look({
      "package.json": EXPRESS,
      "Dockerfile.d/a": "",
      "dist/index.js": 'import "onescope";',
      "dist/onescope.json": "{}",
      "dist/a/onescope.json": '{"swapped":"headers","kept":[]}',
      "dist/b/onescope.json": "[",
      "dist/c/onescope.json": "null",
    });
    assert.equal(line, 'imported by dist; register loaded by the script "start"; addon native');
    assert.deepEqual(problems, []);
  });

  test("a folder that cannot be read is passed over", async () => {
    const { app } = look({ "package.json": EXPRESS, "src/a.js": 'import "onescope";', "pgdata/x": "" });
    const readable = ["package.json", "src", "node_modules"].map((path) => `--allow-fs-read=${join(app, path)}`);
    const { stdout, stderr } = await runNode([
      "--permission",
      ...readable,
      `--allow-fs-read=${ROOT}`,
      "--input-type=module",
      "--eval",
      `import { textsIn } from ${JSON.stringify(join(ROOT, "js/cli/project/files.js"))};
       const options = { files: /./, skipped: /^node_modules$/ };
       for (const folder of ["pgdata", "src", "none"]) console.log(...Array.from(textsIn(${JSON.stringify(app)} + "/" + folder, options), ({ path }) => path));`,
    ]);
    assert.equal(stdout, "\na.js\n\n", stderr);
  });

  test("a configuration that cannot be parsed is reported as unknown", () => {
    const deep = `import "onescope/vite"; const x = a${".b".repeat(50_000)};`;
    for (const config of ["export default {", deep]) {
      const { line, problems, advice } = look({
        "package.json": uses("vinext"),
        "vite.config.js": config,
        "app/a.js": 'import "onescope";',
      });
      assert.match(line, /^plugin unknown/);
      assert.deepEqual(problems, []);
      assert.match(advice[0], /cannot be parsed/);
    }
  });
});
