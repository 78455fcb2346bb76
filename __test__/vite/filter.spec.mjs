import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import onescope from "../../js/vite.js";
import { EXAMPLE } from "../_support/example.mjs";
import { stockFile } from "../_support/stock.mjs";

const { build } = await import(createRequire(join(EXAMPLE, "package.json")).resolve("vite"));

/**
 * The plugin, which notes the calls of its hooks.
 *
 * @returns {{ plugin: import("../../js/vite.js").OnescopePlugin, calls: string[] }}
 */
function counted() {
  const plugin = onescope();
  /** @type {string[]} */
  const calls = [];
  for (const hook of [plugin.resolveId, plugin.load]) {
    const { handler } = /** @type {{ handler: Function }} */ (hook);
    hook.handler = function (/** @type {any[]} */ ...args) {
      calls.push(args[0]);
      return handler.apply(this, args);
    };
  }
  return { plugin, calls };
}

test("only imports that may lead to a replaced module call the plugin", async (t) => {
  const root = mkdtempSync(join(realpathSync(tmpdir()), "onescope-filter-"));
  t.after(() => rmSync(root, { recursive: true }));
  const others = ["fs", "headers-of-mine", "my-als-registry", "navigation", "async_hooks", "vinext-like"];
  for (const name of others) writeFileSync(join(root, `${name}.js`), `import "node:fs"; export const a = "${name}";`);
  const lines = others.map((name, n) => `export { a as a${n} } from "./${name}.js";`);
  const [head, core] = ["head-state", "unified-request-context"].map((name) => stockFile(`shims/${name}.js`));
  writeFileSync(join(root, "entry.js"), `${lines.join("\n")}\nexport * from "${head}"; export * from "${core}";`);
  const { plugin, calls } = counted();
  await build({
    root,
    configFile: false,
    logLevel: "error",
    ssr: { noExternal: true },
    build: { ssr: "entry.js", write: false },
    plugins: [plugin],
  });
  assert.ok(calls.includes(head) && calls.includes(core), calls.join("\n"));
  assert.ok(calls.some((id) => id.startsWith("\0onescope:")));
  const needless = ["node:fs", ...others.map((name) => `./${name}.js`)];
  assert.deepEqual(
    calls.filter((id) => needless.includes(id)),
    [],
  );
});
