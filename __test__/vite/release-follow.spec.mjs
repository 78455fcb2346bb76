import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { fingerprint } from "../../js/vite/difference.js";
import { KNOWN_VERSIONS } from "../../js/vite/known-versions.js";
import { STATE } from "../../js/vite/modules.js";
import { CACHE } from "../../scripts/vinext/release.mjs";
import { runNode } from "../_support/run.mjs";
import { stockFile } from "../_support/stock.mjs";

// A release is the installed vinext with one module changed, and only that module's programs run. They need no network.

const FOLLOW = fileURLToPath(new URL("../_support/follow-release.mjs", import.meta.url));
const VERSION = "9.0.0";

/**
 * @param {import("node:test").TestContext} t
 * @param {(code: string) => string} edit of `shims/head-state.js`
 * @param {object} [options] see scripts/vinext/follow.mjs
 */
async function follow(t, edit, options) {
  // Where the release finds the packages that it imports.
  mkdirSync(dirname(CACHE), { recursive: true });
  const cache = mkdtempSync(join(dirname(CACHE), "spec-"));
  const output = mkdtempSync(join(tmpdir(), "onescope-known-"));
  t.after(() => {
    for (const folder of [cache, output]) rmSync(folder, { recursive: true, force: true });
  });
  const release = join(cache, VERSION, "package");
  cpSync(realpathSync(dirname(dirname(stockFile("index.js")))), release, { recursive: true });
  const module = join(release, "dist/shims/head-state.js");
  const code = readFileSync(module, "utf8");
  assert.notEqual(edit(code), code);
  writeFileSync(module, edit(code));
  const table = join(output, "known-versions.mjs");
  const result = await runNode([FOLLOW, VERSION, JSON.stringify({ ...options, only: "state-parity", cache, table })]);
  return { ...result, release, table };
}

/** @param {string} table */
const versionsIn = async (table) => (await import(pathToFileURL(table).href)).KNOWN_VERSIONS;

/** The command runs on one Node, and takes a while. */
const elsewhere = !process.version.startsWith("v22.") || process.env.ONESCOPE_BACKEND === "js";

describe("following a release", { skip: elsewhere }, () => {
  test("a release that differs in comments and names of locals becomes known", async (t) => {
    const edit = (code) => code.replaceAll("_getState", "t").replace("//#endregion", "// The end.");
    const { code, stdout, stderr, release, table } = await follow(t, edit);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /texts: 16 equal, 0 differ\n.*: 5 equal, 0 differ\n/);
    assert.match(stdout, /git commit -m "vite: know vinext 9\.0\.0"/);
    const known = await versionsIn(table);
    assert.deepEqual(Object.keys(known), [...Object.keys(KNOWN_VERSIONS), VERSION]);
    for (const name of STATE) assert.equal(known[VERSION][name], fingerprint(join(release, "dist/shims"), name), name);
    assert.notEqual(known[VERSION]["head-state"], KNOWN_VERSIONS["1.4.0"]["head-state"]);
  });

  test("a release that behaves differently is shown with the first step that differs, accepted or not", async (t) => {
    const edit = (code) => code.replace("uCtx.ssrHeadChildren = [];", "");
    const { code, stdout, table } = await follow(t, edit, { accept: true });
    assert.equal(code, 1, stdout);
    assert.match(stdout, /^ .*\n-.*uCtx\.ssrHeadChildren = \[\];\n .*$/m);
    assert.match(stdout, /head-state: every program .*\n {2}step \d+ of \d+ differs\n {4}vinext: .*\n {4}onescope: /);
    assert.match(stdout, /Counterexample: \[\[/);
    assert.match(stdout, /Nothing was written\. What to do: docs\/how-to\/vinext-release\.md/);
    assert.equal(existsSync(table), false);
  });

  test("a release whose text differs and whose programs do not becomes known if it is accepted", async (t) => {
    const edit = (code) =>
      code.replace("return runWithUnifiedStateMutation(", "return void 0, runWithUnifiedStateMutation(");
    const refused = await follow(t, edit);
    assert.equal(refused.code, 1, refused.stdout);
    assert.match(refused.stdout, /texts: 15 equal, 1 differ\n {4}shims\/head-state\.js\n.*: 5 equal, 0 differ\n/);
    assert.equal(existsSync(refused.table), false);
    const accepted = await follow(t, edit, { accept: true });
    assert.equal(accepted.code, 0, accepted.stdout);
    assert.ok(VERSION in (await versionsIn(accepted.table)));
  });
});
