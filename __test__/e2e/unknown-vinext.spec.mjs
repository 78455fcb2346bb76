import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { nodeNamed } from "../../scripts/nodes.mjs";
import { EXAMPLE, startProduction } from "../_support/example.mjs";
import { requestConcurrently, requestEachRoute } from "../_support/load.mjs";

// A vinext of the future: its request context has a field and an export that are unknown to this version.

const node = nodeNamed("24");
const app = mkdtempSync(join(realpathSync(tmpdir()), "onescope-app-"));

function installFutureVinext() {
  const from = join(EXAMPLE, "node_modules");
  const to = join(app, "node_modules");
  for (const entry of readdirSync(EXAMPLE)) {
    if (!/^(node_modules|dist.*)$/.test(entry)) cpSync(join(EXAMPLE, entry), join(app, entry), { recursive: true });
  }
  mkdirSync(to);
  for (const entry of readdirSync(from)) {
    if (entry === "vinext") cpSync(realpathSync(join(from, entry)), join(to, entry), { recursive: true });
    else if (!entry.startsWith(".")) symlinkSync(realpathSync(join(from, entry)), join(to, entry));
  }
  const module = join(to, "vinext/dist/shims/unified-request-context.js");
  const source = readFileSync(module, "utf8");
  const changed = source.replace("headersContext: null,", "headersContext: null,\n\t\tsurprise: null,");
  assert.notEqual(changed, source);
  writeFileSync(module, changed);
}

describe("a vinext that is unknown to onescope", () => {
  let output = "";

  before(() => {
    installFutureVinext();
    const vite = join(app, "node_modules/vite/bin/vite.js");
    const build = spawnSync(node.path, [vite, "build"], {
      cwd: app,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1" },
    });
    output = build.stdout + build.stderr;
    assert.equal(build.status, 0, output);
  });

  after(() => rmSync(app, { recursive: true, force: true }));

  test("one warning names the difference", () => {
    const warnings = output.split("\n").filter((line) => line.includes("[onescope]"));
    assert.equal(warnings.length, 1, warnings.join("\n"));
    assert.match(warnings[0], /unified-request-context\.js has the context field "surprise"/);
  });

  test("its own module stays in the bundles, and the storages are slots all the same", () => {
    const files = readdirSync(join(app, "dist/server"), { recursive: true, encoding: "utf8" });
    const code = files
      .filter((name) => name.endsWith(".js"))
      .map((name) => readFileSync(join(app, "dist/server", name), "utf8"));
    const bundles = code.join("\n");
    assert.ok(!bundles.includes('"onescope/shims/unified-request-context"'));
    assert.ok(bundles.includes("surprise"));
    assert.ok(bundles.includes('"onescope/shims/internal/als-registry"'));
  });

  test("the app serves every route", async () => {
    const server = await startProduction(node, "both", { cwd: app });
    try {
      await requestEachRoute(server.origin);
      await requestConcurrently(server.origin, 200);
    } finally {
      await server.stop();
    }
  });
});
