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
import { EXAMPLE, ROOT } from "../../scripts/setup.mjs";
import { APP, build } from "../parity/fixture.mjs";

// Parity proves something only if it notices. Each of these breaks one line of a copy of the package, and runs parity on
// a copy of the fixture app that has that package.

const BROKEN = [
  {
    name: "the locale of the first request for all",
    file: "shims/i18n-state.js",
    from: "getI18nContext: () => state.current().i18nContext,",
    to: "getI18nContext: () => (globalThis.firstLocale ??= state.current().i18nContext),",
    only: "pages ssr",
  },
  {
    name: "the headers and cookies of another request",
    file: "shims/unified-request-context.js",
    from: "  if (ctx instanceof RequestContext) touch(ctx);",
    to: "  ctx.headersContext = globalThis.firstHeaders ??= ctx.headersContext;",
    only: "route handler",
  },
];

describe("parity", () => {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), "onescope-parity-"));
  const app = join(directory, "app");
  const broken = join(directory, "onescope");

  before(() => {
    build("stock");
    for (const entry of readdirSync(APP)) {
      if (/^(node_modules|dist|\.vite.*|\.vinext)$/.test(entry)) continue;
      cpSync(join(APP, entry), join(app, entry), { recursive: true });
    }
    const [from, to] = [join(EXAMPLE, "node_modules"), join(app, "node_modules")];
    mkdirSync(to);
    for (const entry of readdirSync(from)) {
      if (entry !== "onescope" && !entry.startsWith(".")) symlinkSync(realpathSync(join(from, entry)), join(to, entry));
    }
    symlinkSync(broken, join(to, "onescope"), "junction");
  });

  after(() => rmSync(directory, { recursive: true, force: true }));

  for (const { name, file, from, to, only } of BROKEN) {
    test(`reports ${name}`, () => {
      rmSync(broken, { recursive: true, force: true });
      rmSync(join(app, "dist"), { recursive: true, force: true });
      for (const entry of ["js", "shims", "package.json"]) {
        cpSync(join(ROOT, entry), join(broken, entry), { recursive: true });
      }
      const source = readFileSync(join(broken, file), "utf8");
      assert.equal(source.split(from).length, 2, `${file} has the line to break, once`);
      writeFileSync(join(broken, file), source.replace(from, to));

      const args = ["scripts/parity.mjs", "--app", app, "--mode", "production", "--variant", "plugin"];
      const options = /** @type {const} */ ({ cwd: ROOT, encoding: "utf8" });
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [...args, "--only", only, "--requests", "20"],
        options,
      );
      assert.equal(status, 1, stdout + stderr);
      assert.match(stdout, /production, stock: same/);
      assert.match(stdout, /production, plugin: DIFFERS/);
      assert.match(stdout, /^--- (stock|plugin) in turn\n\+\+\+ plugin (in turn|at once)\n@@/m);
      assert.match(stderr, /replay with --seed \d+/);
    });
  }
});
