import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { archivesIn, publish } from "../../scripts/release/publish.mjs";
import { packed } from "../_support/packed.mjs";
import { App } from "./app.mjs";
import { startRegistry } from "./registry.mjs";

// What a user does, from nothing: the packages come from a registry, and the app's folder is outside the repository.

/** What says that there is no addon. */
const LINE = /^onescope: JavaScript backend \(no addon for .+\); watch, serve and record are off$/;

/** @type {Awaited<ReturnType<typeof startRegistry>>} */
let registry;
const archives = archivesIn(packed().folder);
const [main, addon] = [true, false].map((isMain) => archives.find(({ name }) => (name === "onescope") === isMain));
assert.ok(main && addon);

/** @returns {Promise<string[]>} what publishing says */
async function publishTo({ npmrc }, /** @type {typeof archives} */ given) {
  /** @type {string[]} */
  const lines = [];
  const env = { ...process.env, npm_config_userconfig: npmrc };
  await publish(given, { env, log: (line) => lines.push(line) });
  return lines;
}

before(async () => {
  registry = await startRegistry();
  assert.deepEqual(await publishTo(registry, archives), [
    `${addon.name}@${addon.version} published as latest`,
    `${main.name}@${main.version} published as latest`,
  ]);
});
after(() => registry?.stop());

test("publishing again changes nothing, and never replaces what is published", async () => {
  for (const line of await publishTo(registry, archives)) assert.match(line, /@\S+ is published$/);
  await assert.rejects(publishTo(registry, [{ ...addon, path: main.path }]), /is published with other content/);
});

for (const name of ["express", "vinext", "next"]) {
  describe(`a fresh ${name} app, after npm install onescope and npx onescope init`, () => {
    /** @type {App} */
    let app;
    /** @type {Record<string, string>} */
    let files;
    before(async () => {
      app = new App(name, registry.npmrc);
      await app.run("npm", ["install", "onescope"]);
      files = app.files();
      await app.run("npx", ["onescope", "init", "--yes"]);
      assert.notDeepEqual(app.files(), files);
      if (name !== "express") await app.run("npm", ["run", "build"]);
    });
    after(() => app?.remove());

    /** Starts the app, checks its answers, and what onescope says meanwhile. */
    const serve = async (/** @type {{ env?: NodeJS.ProcessEnv, script?: string }} */ { env, script } = {}) => {
      const { get, stderr, stop } = await app.start(env, script);
      try {
        const page = await get("/");
        assert.equal(page.status, 200, stderr().join("\n"));
        assert.match(page.text, /<h1>Home<\/h1>/);
        assert.deepEqual(await get("/api/items/7"), { status: 200, text: '{"id":"7"}' }, stderr().join("\n"));
        /** @type {{ url: string | null, inFlight: number | null, recording: string | null }[]} */
        const processes = JSON.parse(await app.run("npx", ["onescope", "ps", "--json"]));
        return { processes, lines: stderr().filter((line) => line.startsWith("onescope:")) };
      } finally {
        await stop();
      }
    };

    /** Without an addon, all that differs is one line. */
    const assertQuiet = (/** @type {Awaited<ReturnType<typeof serve>>} */ { processes, lines }) => {
      assert.deepEqual(processes, []);
      assert.equal(lines.length, 1, lines.join("\n"));
      assert.match(lines[0], LINE);
    };

    test("serves on the addon, with everything on", async () => {
      const { processes, lines } = await serve();
      assert.deepEqual(lines, []);
      assert.equal(processes.length, 1);
      assert.equal(processes[0].inFlight, 0, "the diagnostics server responds");
      assert.match(String(processes[0].recording), /\.flight$/);
    });

    test("has no problem that doctor finds", async () => {
      assert.match(await app.run("npx", ["onescope", "doctor"]), /native/);
    });

    test("is not changed by a second init", async () => {
      const before = app.files();
      await app.run("npx", ["onescope", "init", "--yes"]);
      assert.deepEqual(app.files(), before);
    });

    test("gives the same answers with --no-addons, and says so in one line", async () => {
      // vinext's command needs an addon of Vite's, its server does not.
      const script = name === "vinext" ? "serve" : "start";
      assertQuiet(await serve({ env: { NODE_OPTIONS: "--no-addons" }, script }));
    });

    test("gives the same answers without the platform's package, and says so in one line", async () => {
      rmSync(join(app.folder, "node_modules/@onescope"), { recursive: true });
      assertQuiet(await serve());
    });

    test("is byte for byte as it was after init --undo", async () => {
      await app.run("npx", ["onescope", "init", "--undo"]);
      assert.deepEqual(app.files(), files);
    });
  });
}
