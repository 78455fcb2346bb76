import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ownModulesIn, servedFiles } from "../../js/cli/project/served.js";

/** @import { Kind } from "../../js/cli/project/project.js" */

/**
 * @param {Kind} kind
 * @param {Record<string, string>} files
 * @param {string[]} commands
 * @param {object} [manifest]
 */
function served(kind, files, commands, manifest = {}) {
  const modules = new Map(Object.entries(files).map(([path, text]) => [path, ownModulesIn(text)]));
  return [...servedFiles({ kinds: [kind], manifest }, modules, commands)].sort();
}

describe("the files that a server loads", () => {
  test("are the entry of a command and what it imports, not what stands beside them", () => {
    const files = {
      "server.js": 'import "./lib/a.js";\nconst b = require("./lib/b");\nimport c from "@/c";',
      "lib/a.ts": 'export * from "../deep";',
      "lib/b.cjs": 'import("./lazy.mjs")',
      "lib/lazy.mjs": "new Worker(new URL('./worker.mjs', import.meta.url))",
      "lib/worker.mjs": "",
      "deep/index.tsx": 'import "../server.js";',
      "src/c.ts": "",
      "scripts/bench.mjs": 'import "../lib/a.js";',
    };
    const all = Object.keys(files)
      .filter((path) => path !== "scripts/bench.mjs")
      .sort();
    for (const command of [
      "node server.js",
      "NODE_ENV=x node --watch ./server",
      'CMD ["node", "server.js"]',
      "web: node server.js",
    ])
      assert.deepEqual(served("express", files, [command]), all, command);
    assert.deepEqual(served("express", files, [], { main: "server.js" }), all);
    assert.deepEqual(served("express", files, ["pm2-runtime x"]), all, "the usual entry");
  });

  test("are those that are compiled to what a command starts, or preloaded", () => {
    const files = { "src/main.ts": "", "main.ts": "", "instrument.mjs": "", "src/other.ts": "" };
    assert.deepEqual(served("nest", files, ["node --import=./instrument.mjs dist/main"]), [
      "instrument.mjs",
      "src/main.ts",
    ]);
    assert.deepEqual(served("nest", { "src/main.ts": "", "src/x.ts": "" }, ["nest start"]), ["src/main.ts"]);
  });

  test("are all where nothing says what starts", () => {
    assert.deepEqual(served("node", { "a/x.js": "", "b.js": "" }, ["run-it"]), ["a/x.js", "b.js"]);
  });

  test("of a framework are those that it finds by their place", () => {
    const files = {
      "src/instrumentation.ts": 'import "./telemetry";',
      "src/telemetry.ts": "",
      "app/page.tsx": 'import "../lib/db";',
      "lib/db.ts": "",
      "scripts/seed.ts": "",
      "server/plugins/onescope.ts": "",
    };
    for (const kind of /** @type {const} */ (["next", "vinext", "nitro"]))
      assert.deepEqual(
        served(kind, files, ["next start"]),
        Object.keys(files)
          .filter((path) => path !== "scripts/seed.ts")
          .sort(),
      );
    assert.deepEqual(served("next", { "scripts/seed.ts": "" }, []), []);
  });
});
