import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join, relative } from "node:path";
import { before, describe, test } from "node:test";
import { serve } from "../_support/built-app.mjs";
import { BUNDLERS } from "./build.mjs";
import { deployed, filesWith, HERE, hidePackages, installPackages, temporary } from "./packages.mjs";

// A server in one file or a few, made by each bundler with what its documentation says for Node, and nothing set for onescope.

before(installPackages);

/** What every way to build must leave as it is. */
const SAME = { user: "ada", labels: ["GET /state"], otel: "function" };

/**
 * @param {import("node:test").TestContext} t
 * @param {string} folder
 * @param {string} file
 */
async function start(t, folder, file) {
  const env = { FLIGHTS: temporary(t) };
  const { origin, output } = await serve(t, folder, [file], { env, announcement: /app on (\S+)/ });
  const get = async (/** @type {string} */ path) => (await fetch(origin + path)).json();
  return { get, output };
}

/**
 * A stall is confirmed within the time that it lasts, unless the machine is busy.
 *
 * @template T
 * @param {() => Promise<T | undefined>} look
 * @returns {Promise<T>}
 */
async function retry(look) {
  for (let left = 5; left > 0; left--) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error("no confirmed stall");
}

/** @param {string} output */
const linesOf = (output) => output.split("\n").filter((line) => /onescope/i.test(line) && !line.startsWith("{"));

for (const [name, build] of Object.entries(BUNDLERS)) {
  describe(name, () => {
    const folder = join(HERE, `dist-${name.replaceAll(" ", "-")}`);
    /** @type {string} */
    let file;

    before(async () => {
      rmSync(folder, { recursive: true, force: true });
      const built = await build({ input: join(HERE, "app/server.js"), folder, minify: true, sourceMaps: true });
      file = relative(folder, built.file);
    });

    test("is native where the package is installed, with stacks", async (t) => {
      const { get, output } = await start(t, folder, file);
      const { backend, diagnostics, recording, stalls: none, latencies: _, ...state } = await get("/state?user=ada");
      assert.deepEqual([backend, none, state], ["native", [], SAME]);
      assert.equal((await fetch(diagnostics)).status, 200);
      assert.match(recording, /\.flight$/);
      const stack = await retry(async () => {
        const { stalls } = await get("/block?user=bob");
        return stalls.find(({ confidence, request }) => confidence === "exact" && request.label === "GET /block")
          ?.stack;
      });
      assert.match(stack.join("\n"), /server\.[mc]?js/);
      assert.deepEqual(linesOf(output()), []);
    });

    test("is on the JavaScript backend elsewhere, and one line says so", async (t) => {
      hidePackages(t);
      const { get, output } = await start(t, deployed(t, folder), file);
      const { backend, diagnostics, recording, stalls, latencies: _, ...state } = await get("/state?user=ada");
      assert.deepEqual([backend, diagnostics, recording, stalls, state], ["js", null, null, [], SAME]);
      assert.deepEqual((await get("/block?user=bob")).stalls, []);
      const lines = linesOf(output());
      assert.equal(lines.length, 1, lines.join("\n"));
      assert.match(
        lines[0],
        /^onescope: JavaScript backend \(.*bundled: mark onescope external, or .*\); watch, serve and record are off$/,
      );
    });

    test("left out of the bundle, it is native, and the copy that is installed", async (t) => {
      const outside = `${folder}-external`;
      rmSync(outside, { recursive: true, force: true });
      const built = await build({ input: join(HERE, "app/server.js"), folder: outside, external: true });
      assert.deepEqual(built.warnings, []);
      assert.deepEqual(
        filesWith(outside, (_, text) => text.includes("layoutHash")),
        [],
      );
      const { get, output } = await start(t, outside, relative(outside, built.file));
      const { backend, stalls, user, labels, otel } = await get("/state?user=ada");
      assert.deepEqual([backend, stalls, { user, labels, otel }], ["native", [], SAME]);
      assert.doesNotMatch(output(), /onescope|warning/i);
    });
  });
}

test("no bundler warns of onescope", async (t) => {
  for (const [name, build] of Object.entries(BUNDLERS)) {
    const { warnings } = await build({ input: join(HERE, "app/server.js"), folder: temporary(t) });
    assert.deepEqual([name, warnings], [name, []]);
  }
});
