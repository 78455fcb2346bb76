import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { mode } from "../../js/async-context/node-hooks.js";
import manifest from "../../package.json" with { type: "json" };
import { EXAMPLE } from "../../scripts/setup.mjs";
import { ROOT, runNode } from "../_support/run.mjs";

const BIN = join(ROOT, "bin/onescope.mjs");
const IN_EXAMPLE = `--import=data:text/javascript,process.chdir(${encodeURIComponent(JSON.stringify(EXAMPLE))})`;

/** @param {string[]} args @param {Parameters<typeof runNode>[1]} [options] @param {string[]} [flags] */
const onescope = (args, options, flags = []) => runNode([...flags, BIN, ...args], options);

/** @param {Parameters<typeof runNode>[1]} [options] @param {string[]} [flags] */
async function doctor(options, flags) {
  const { code, stdout, stderr } = await onescope(["doctor", "--json"], options, flags);
  assert.equal(stderr, "");
  return { code, ...JSON.parse(stdout) };
}

describe("onescope doctor", () => {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "onescope-doctor-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("reports what onescope runs on", async () => {
    const report = await doctor();
    assert.equal(report.code, 0);
    assert.deepEqual(report.problems, []);
    assert.equal(report.onescope, manifest.version);
    assert.equal(report.node, process.versions.node);
    assert.equal(report.backend.name, process.env.ONESCOPE_BACKEND);
    assert.equal(report.environment.ONESCOPE_BACKEND, process.env.ONESCOPE_BACKEND);
    assert.equal(report.propagation.mode, mode.frames ? "AsyncContextFrame" : "async_hooks");
    assert.equal(report.limits.labelBytes, 64);
    assert.equal(report.limits.storagesPerScope, 63);
  });

  test("names the addon that it takes, and every limit of it", async () => {
    const { backend, limits } = await doctor({ env: { ONESCOPE_BACKEND: undefined } });
    assert.equal(backend.name, "native");
    assert.deepEqual([backend.reasons, backend.missing], [[], []]);
    assert.match(backend.addon.path, /\.node$/);
    assert.equal(backend.addon.version, manifest.version);
    assert.equal(limits.abandonedLabels, 256);
    assert.equal(limits.counters, 3);
  });

  test("says why the backend is not native, and what it lacks", async () => {
    const { code, backend } = await doctor({ env: { ONESCOPE_BACKEND: "js" } });
    assert.equal(code, 0);
    assert.deepEqual(backend.reasons, ["ONESCOPE_BACKEND=js is set"]);
    assert.ok(backend.missing.includes("watch()"));
  });

  for (const env of [{ ONESCOPE_BACKEND: "native" }, { ONESCOPE_BACKEND: undefined }]) {
    const path = join(folder, "not-an-addon.node");
    test(`a required addon that does not load is a problem (${env.ONESCOPE_BACKEND})`, async () => {
      writeFileSync(path, "no addon");
      const { code, backend, problems } = await doctor({ env: { ...env, ONESCOPE_NATIVE_PATH: path } });
      assert.equal(code, 1);
      assert.equal(backend.name, "js");
      assert.equal(backend.addon, null);
      assert.equal(problems.length, backend.reasons.length);
      const [{ problem, fix }] = problems;
      assert.ok(problem.includes(path) && problem.includes("does not load"), problem);
      const { code: again, stdout } = await onescope(["doctor"], { env: { ...env, ONESCOPE_NATIVE_PATH: path } });
      assert.equal(again, 1);
      assert.ok(stdout.includes(`Problems:\n  - ${problem}\n    ${fix}\n`), stdout);
      assert.match(stdout, /^no app in this folder; addon does not load\n/);
    });
  }

  test("an unknown backend is a problem", async () => {
    const { code, problems } = await doctor({ env: { ONESCOPE_BACKEND: "wasm" } });
    assert.equal(code, 1);
    assert.match(problems[0].problem, /ONESCOPE_BACKEND is "wasm"/);
  });

  test("reports the entry strategy, with onescope/register and without", async () => {
    const best = mode.frames ? "root" : "plain";
    const { propagation: without } = await doctor();
    assert.deepEqual(
      [without.register, without.entryStrategy, without.entryStrategyWithRegister],
      [false, "plain", best],
    );
    const { propagation: registered } = await doctor({}, ["--import", "onescope/register"]);
    assert.deepEqual([registered.register, registered.entryStrategy], [true, best]);
  });

  test("lists the storages that are slots and those that are not", async () => {
    const preload = join(folder, "storages.mjs");
    writeFileSync(
      preload,
      `import { AsyncLocalStorage } from "node:async_hooks";
       import { SlotStorage } from "onescope";
       globalThis[Symbol.for("tracer.als")] = new AsyncLocalStorage();
       globalThis[Symbol.for("app.als")] = new SlotStorage();`.replace(
        '"onescope"',
        JSON.stringify(join(ROOT, "js/async-context/slot-storage.js")),
      ),
    );
    const { storages } = await doctor({}, ["--import", preload]);
    assert.deepEqual(storages, { slots: ["app.als"], others: ["tracer.als"] });
    const { storages: registered } = await doctor({}, ["--import", "onescope/register", "--import", preload]);
    assert.deepEqual(registered, { slots: ["tracer.als", "app.als"], others: [] });
  });

  test("lists what the plugin replaces in the app's vinext", async () => {
    const { vinext, app } = await doctor({}, [IN_EXAMPLE]);
    assert.equal(vinext.version, "1.4.0");
    assert.equal(app.setup.plugin, "on");
    assert.deepEqual([vinext.kept, vinext.differences], [[], []]);
    assert.ok(vinext.replaced.includes("unified-request-context") && vinext.replaced.includes("headers"));
    assert.ok(vinext.storages.slots.includes("vinext.requestContext.als"));
    assert.ok(!vinext.storages.others.some((name) => name.startsWith("vinext.")));
  });

  test("lists what it keeps of an unknown vinext, and why", async () => {
    const app = join(folder, "app");
    const shims = join(app, "node_modules/vinext/dist/shims");
    mkdirSync(join(shims, "internal"), { recursive: true });
    mkdirSync(join(app, "node_modules/vite"), { recursive: true });
    writeFileSync(join(app, "node_modules/vinext/package.json"), JSON.stringify({ version: "9.0.0" }));
    writeFileSync(join(shims, "internal/als-registry.js"), "export const somethingNew = 1;");
    writeFileSync(join(app, "node_modules/vite/package.json"), JSON.stringify({ main: "index.mjs" }));
    const vite = join(EXAMPLE, "node_modules/vite/dist/node/index.js");
    writeFileSync(join(app, "node_modules/vite/index.mjs"), `export { parseAst } from ${JSON.stringify(vite)};`);
    const enter = `--import=data:text/javascript,process.chdir(${encodeURIComponent(JSON.stringify(app))})`;
    const { vinext } = await doctor({}, [enter]);
    assert.equal(vinext.version, "9.0.0");
    assert.deepEqual(vinext.replaced, []);
    assert.deepEqual(vinext.kept, ["internal/als-registry"]);
    assert.ok(
      vinext.differences.some((difference) => difference.includes("somethingNew")),
      `${vinext.differences}`,
    );
  });

  test("a package.json that is none is a problem, and what a project says reaches no terminal as a command", async () => {
    const app = join(folder, "unsafe");
    mkdirSync(app);
    writeFileSync(join(app, "package.json"), "{");
    const broken = await onescope(["doctor", app, "--json"]);
    const [{ problem, fix }] = JSON.parse(broken.stdout).problems;
    assert.match(problem, /^package\.json cannot be read: /);
    assert.equal(fix, "correct package.json");
    const name = "start:\u001b]0;owned\u0007\u200b";
    writeFileSync(
      join(app, "package.json"),
      JSON.stringify({ scripts: { start: "node --import onescope/auto a.js", [name]: "node b.js" } }),
    );
    for (const args of [[], ["--json"]]) {
      const { stdout, stderr } = await onescope(["doctor", app, ...args]);
      assert.equal(stderr, "");
      // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be there
      assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b]/);
      if (args.length > 0) assert.ok(stdout.includes("start:\\u001b]0;owned\\u0007\\u200b"));
      else assert.ok(stdout.includes('the script "start:?]0;owned??" starts Node without onescope'));
    }
  });

  test("a folder that is no app's is a problem, with where the app is", async () => {
    const app = join(folder, "above");
    mkdirSync(join(app, "src"), { recursive: true });
    writeFileSync(join(app, "package.json"), "{}");
    const { code, stdout } = await onescope(["doctor", join(app, "src")]);
    assert.equal(code, 1);
    assert.ok(stdout.includes(`  - there is no package.json in ${join(app, "src")}\n    run this in ${app}\n`), stdout);
    const file = await onescope(["doctor", join(app, "package.json")]);
    assert.equal(file.code, 2);
    assert.match(file.stderr, /there is no folder .*package\.json/);
    const standalone = join(app, "standalone");
    mkdirSync(join(standalone, "node_modules"), { recursive: true });
    assert.equal((await onescope(["doctor", standalone])).code, 0);
  });

  test("prints the same as text", async () => {
    const { code, stdout, stderr } = await onescope(["doctor"], {}, [IN_EXAMPLE]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^plugin on, (\d+) of \1 modules swapped in dist; register not loaded; addon /);
    assert.match(stdout, new RegExp(`^onescope ${manifest.version} on Node ${process.versions.node}`, "m"));
    for (const heading of ["backend", "propagation", "entry", "slots", "limits", "vinext", "environment"]) {
      assert.match(stdout, new RegExp(`^${heading} +\\S`, "m"));
    }
    assert.match(stdout, /^Nothing is wrong\.$/m);
    for (const line of stdout.split("\n")) if (!line.includes("/")) assert.ok(line.length <= 100, line);
  });
});

describe("the command line", () => {
  test("npm ci in the example makes the command that npx runs there", () => {
    const { packages } = JSON.parse(readFileSync(join(EXAMPLE, "package-lock.json"), "utf8"));
    assert.deepEqual(packages["../.."].bin, manifest.bin);
  });

  test("--help and --version print, and end well", async () => {
    for (const args of [["--help"], ["-h"], ["help"]]) {
      const { code, stdout } = await onescope(args);
      assert.equal(code, 0);
      assert.match(stdout, /^usage: onescope COMMAND.*\n {2}doctor /s);
    }
    const { stdout } = await onescope(["--version"]);
    assert.equal(stdout, `${manifest.version}\n`);
    const { code, stdout: help } = await onescope(["doctor", "--help"]);
    assert.equal(code, 0);
    assert.match(help, /^usage: onescope doctor/);
    assert.equal((await onescope(["help", "doctor"])).stdout, help);
  });

  test("invalid arguments end with 2 and the usage", async () => {
    for (const [args, said] of /** @type {const} */ ([
      [[], /^usage: onescope/s],
      [["nurse"], /unknown command "nurse".*usage: onescope/s],
      [["toString"], /unknown command "toString"/],
      [["doctor", "--jsno"], /--jsno.*onescope doctor --help/s],
      [["doctor", "now"], /there is no folder now.*onescope doctor --help/s],
    ])) {
      const { code, stdout, stderr } = await onescope([...args]);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, said);
    }
    const { stderr } = await onescope(["top", "--limit", "-5"]);
    assert.match(stderr, /^onescope top: [^\n]*--limit[^\n.]*ambiguous; see onescope top --help\n$/);
  });

  test("a Node that is too old gets one clear line", async () => {
    const pretend = `Object.defineProperty(process.versions, "node", { value: "20.20.2" });
      Object.defineProperty(process, "version", { value: "v20.20.2" });`;
    const flag = `--import=data:text/javascript,${encodeURIComponent(pretend)}`;
    const { code, stdout, stderr } = await onescope(["doctor"], {}, [flag]);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^onescope needs Node 22 or later, and this is v20\.20\.2: install a newer one [^\n]*\n$/);
  });
});
