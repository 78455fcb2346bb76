import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { warnIfDevDependency } from "../../js/vite/installed.js";

/**
 * @param {import("node:test").TestContext} t
 * @param {Record<string, object | string>} files a workspace with an app in `apps/web`
 * @returns {string[]} what is warned of when that is built twice
 */
function warnings(t, files) {
  const root = mkdtempSync(join(realpathSync(tmpdir()), "onescope-installed-"));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "apps/web"), { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    writeFileSync(join(root, path), typeof content === "string" ? content : JSON.stringify(content));
  }
  /** @type {string[]} */
  const warned = [];
  const environment = {
    config: { root: join(root, "apps/web") },
    logger: { warn: (/** @type {string} */ message) => warned.push(message) },
  };
  warnIfDevDependency(environment);
  warnIfDevDependency(environment);
  return warned;
}

const DEV = { devDependencies: { onescope: "1" } };
const PROD = { dependencies: { onescope: "1" } };

test("the nearest package.json that lists onescope counts", (t) => {
  const [warning, ...more] = warnings(t, { "package.json": DEV, "apps/web/package.json": { name: "web" } });
  assert.match(warning, /in the devDependencies of \.\.\/\.\.\/package\.json: .*Move it to dependencies\.$/);
  assert.deepEqual(more, []);
  assert.deepEqual(warnings(t, { "package.json": DEV, "apps/web/package.json": PROD }), []);
  assert.equal(warnings(t, { "package.json": PROD, "apps/web/package.json": DEV }).length, 1);
});

test("what an install for production has needs no warning", (t) => {
  for (const field of ["dependencies", "optionalDependencies", "peerDependencies"]) {
    assert.deepEqual(warnings(t, { "apps/web/package.json": { ...DEV, [field]: { onescope: "1" } } }), [], field);
  }
});

test("nor does an output that has its packages, or no server", (t) => {
  for (const output of ['"standalone"', "'export'", 'process.env.DOCKER ? "standalone" : undefined']) {
    const files = { "apps/web/package.json": DEV, "apps/web/next.config.ts": `export default { output: ${output} };` };
    assert.deepEqual(warnings(t, files), [], output);
  }
  const other = { "apps/web/package.json": DEV, "apps/web/next.config.ts": 'export default { images: "standalone" };' };
  assert.equal(warnings(t, other).length, 1);
});

test("a package.json that is no JSON, or none at all, is no reason to fail", (t) => {
  assert.deepEqual(warnings(t, { "apps/web/package.json": "{" }), []);
  assert.deepEqual(warnings(t, {}), []);
});
