import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import onescope from "../../js/vite.js";
import { EXAMPLE } from "../_support/example.mjs";

const { resolveConfig } = await import(pathToFileURL(join(EXAMPLE, "node_modules/vite/dist/node/index.js")).href);

/** What Cloudflare's plugin makes of the environments that are Workers. */
const worker = { resolve: { noExternal: true, conditions: ["workerd", "worker", "module", "browser"] } };

test("the package goes into a Worker's bundles, stays outside those of other servers, and Nitro decides on its own", async () => {
  const workers = {
    name: "workers",
    config: () => ({ environments: { ssr: worker, job: worker, other: {}, nitro: {} } }),
  };
  for (const plugins of [
    [onescope(), workers],
    [workers, onescope()],
  ]) {
    const { environments } = await resolveConfig({ configFile: false, plugins }, "build");
    const external = Object.entries(environments).map(([name, { resolve }]) => [name, resolve.external]);
    assert.deepEqual(Object.fromEntries(external), {
      client: [],
      ssr: [],
      job: [],
      other: ["onescope"],
      nitro: [],
    });
  }
});
