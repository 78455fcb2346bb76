// Apps that onescope init sets up.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { ROOT, runNode } from "./run.mjs";

export const BIN = join(ROOT, "bin/onescope.mjs");
const folder = mkdtempSync(join(realpathSync(tmpdir()), "onescope-init-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** @param {string} app */
export const enter = (app) => `--import=data:text/javascript,process.chdir(${encodeURIComponent(JSON.stringify(app))})`;

let count = 0;
/** @param {Record<string, string | object>} files */
export function makeApp(files) {
  const app = join(folder, `app-${count++}`);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(app, path)), { recursive: true });
    writeFileSync(join(app, path), typeof content === "string" ? content : `${JSON.stringify(content, null, 2)}\n`);
  }
  const run = (/** @type {string[]} */ ...args) => runNode([enter(app), BIN, "init", ...args]);
  return {
    app,
    run,
    read: (/** @type {string} */ path) => readFileSync(join(app, path), "utf8"),
    before: snapshot(app),
  };
}

/** @param {string} app */
export function snapshot(app) {
  const files = readdirSync(app, { recursive: true, encoding: "utf8", withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
    .map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(files.sort().map((path) => [path, readFileSync(path, "latin1")]));
}

export const manifest = (/** @type {string} */ name, /** @type {object} */ rest = {}) => ({
  name: "app",
  dependencies: { [name]: "*" },
  ...rest,
});
export const START = { scripts: { start: "node server.js" } };
