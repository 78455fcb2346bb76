import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import onescope from "../../js/vite.js";
import { EXAMPLE } from "../_support/example.mjs";

const { resolveConfig } = await import(pathToFileURL(join(EXAMPLE, "node_modules/vite/dist/node/index.js")).href);

/** @param {any[]} plugins besides ours */
async function external(plugins) {
  const config = await resolveConfig({ configFile: false, plugins: [onescope(), ...plugins] }, "build");
  return config.environments.ssr?.resolve.external ?? [];
}

test("the package stays outside the bundles", async () => {
  assert.deepEqual(await external([false, [{ name: "vite-plugin-other" }]]), ["onescope"]);
});

test("it goes into a Worker's", async () => {
  assert.deepEqual(await external([false, [[{ name: "vite-plugin-cloudflare" }]]]), []);
  assert.deepEqual(await external([{ name: "vite-plugin-cloudflare:trigger-handlers" }]), []);
});
