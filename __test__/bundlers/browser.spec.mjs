import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { runInNewContext } from "node:vm";
import { BROWSER_BUNDLERS } from "./build.mjs";
import { filesWith, HERE, installPackages, temporary } from "./packages.mjs";

// A bundle for browsers that imports onescope.

before(installPackages);

const manifest = JSON.parse(readFileSync(join(HERE, "../../package.json"), "utf8"));
const entries = Object.entries(manifest.exports)
  .filter(([entry, target]) => target?.default && entry !== "./vite")
  .map(([entry]) => entry);

/** Edge runtimes have not what these need. */
const NEED_NODE = ["./register", "./auto", "./inspect", "./opentelemetry"];

test("browsers get another file for every entry, Workers for none, and edge runtimes for those that need Node", () => {
  assert.ok(entries.length >= 6);
  for (const entry of entries) {
    const target = manifest.exports[entry];
    assert.match(target.browser, /^\.\/js\/browser\.c?js$/, entry);
    // The first condition that applies is taken, and bundlers for Workers also set `browser`.
    assert.deepEqual(Object.keys(target), ["types", "workerd", "edge-light", "browser", "default"], entry);
    const edge = NEED_NODE.includes(entry) ? target.browser : target.default;
    assert.deepEqual([target.workerd, target["edge-light"]], [target.default, edge], entry);
  }
});

test("js/browser.js has every name of the entries that it replaces", async () => {
  const text = readFileSync(join(HERE, "../../js/browser.js"), "utf8");
  const names = /export const \{([^}]*)\}/.exec(text)?.[1].match(/\w+/g) ?? [];
  const replaced = entries.filter((entry) => manifest.exports[entry].browser === "./js/browser.js");
  // `register` changes the process that loads it, and exports nothing.
  const others = replaced.filter((entry) => entry !== "./register" && entry !== "./auto");
  const modules = await Promise.all(
    others.map((entry) => import(join(HERE, "../..", manifest.exports[entry].default))),
  );
  assert.deepEqual(names.sort(), [...new Set(modules.flatMap((module) => Object.keys(module)))].sort());
});

for (const [name, build] of Object.entries(BROWSER_BUNDLERS)) {
  test(`${name}: the build passes, and loading it throws an error`, async (t) => {
    const folder = temporary(t);
    const { file } = await build({ input: join(HERE, "app/client.js"), folder });
    const error = /** @type {any} */ (thrown(file));
    assert.deepEqual([error.name, error.code], ["OnescopeError", "ERR_ONESCOPE_SERVER_ONLY"]);
    assert.match(
      error.message,
      /^onescope is server only, but a browser loads it; import it only from modules that run on the server/,
    );
    // The error, and nothing of the server.
    assert.deepEqual(
      filesWith(folder, (path, text) => path.endsWith(".node") || /node:|takeRecord/.test(text)),
      [],
    );
    assert.ok(readFileSync(file).length < 10_000);
  });

  test(`${name}: in an edge runtime, it says what runs there`, async (t) => {
    const { file } = await build({ input: join(HERE, "app/client.js"), folder: temporary(t) });
    assert.match(
      /** @type {any} */ (thrown(file, { EdgeRuntime: "edge-runtime" })).message,
      /^only onescope and its shims run in the edge runtime, but it loads another entry; import onescope\/inspect, /,
    );
  });

  test(`${name}: so it is for every entry`, async (t) => {
    const folder = temporary(t);
    for (const [index, entry] of entries.entries()) {
      const input = join(HERE, `dist-client-${index}.js`);
      const specifier = entry.replace(/^\./, "onescope").replace("*", "headers");
      writeFileSync(input, `import ${JSON.stringify(specifier)};`);
      const { file } = await build({ input, folder });
      assert.equal(/** @type {any} */ (thrown(file)).code, "ERR_ONESCOPE_SERVER_ONLY", entry);
    }
  });
}

/** @param {string} file a script @param {Record<string, unknown>} [globals] */
function thrown(file, globals) {
  try {
    runInNewContext(readFileSync(file, "utf8"), { console, ...globals }, { filename: file });
  } catch (error) {
    return error;
  }
  throw new Error(`${file} loads`);
}
