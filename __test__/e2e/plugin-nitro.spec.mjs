import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { build, deploy, leaked, makeApp, serve } from "../_support/built-app.mjs";
import { requestPages, vinextApp } from "../_support/vinext-app.mjs";

// Nitro would copy what vinext's own packages could load at run time; leaving that out makes the build three times as fast.
const NITRO = 'nitro({ traceDeps: ["!webpack", "!postcss", "!sharp", "!lightningcss"] })';

test("Nitro's output has the package and the addon, and runs natively without its app", async (t) => {
  const app = makeApp(
    vinextApp({
      plugins: `[vinext(), ${NITRO}, onescope()]`,
      imports: 'import { nitro } from "nitro/vite";',
      dependencies: { devDependencies: { onescope: "*" } },
    }),
  );
  assert.doesNotMatch(await build(app), /\[onescope\]/);
  assert.deepEqual(leaked(join(app, ".output/public")), []);
  const folder = deploy(app, ".output");
  // The whole package is there, also what no import of the app names.
  const { origin, output } = await serve(t, join(folder, "server"), ["--import", "onescope/register", "index.mjs"], {
    env: { HOST: "127.0.0.1", PORT: "0" },
    announcement: /on: (http:\/\/[^/\s]+)/,
  });
  const { names, said, status } = await requestPages(origin);
  assert.deepEqual(said, names, output());
  assert.equal(status.backend, "native", output());
  assert.equal(status.addons.length, 1);
  assert.ok(status.addons[0].startsWith(join(folder, "server/node_modules/@onescope/")), status.addons[0]);
  assert.ok(status.created >= 4, "vinext's requests are onescope's contexts");
});
