import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { build, deploy, leaked, makeApp, serve } from "../_support/built-app.mjs";
import { freePort } from "../_support/server.mjs";
import { requestPages, vinextApp } from "../_support/vinext-app.mjs";

// The plugin after vinext(), where `vinext init` and habit put it. That it works before is what all other specs show.

test("a standalone build, deployed without its app, runs natively; onescope may be a devDependency", async (t) => {
  const app = makeApp(
    vinextApp({
      plugins: "[vinext(), onescope()]",
      dependencies: { devDependencies: { onescope: "*" } },
      next: { output: "standalone" },
    }),
  );
  assert.doesNotMatch(await build(app), /\[onescope\]/);
  assert.deepEqual(leaked(join(app, "dist/client")), []);
  const folder = deploy(app, "dist/standalone");
  const { origin, output } = await serve(t, folder, ["server.js"], {
    env: { HOST: "127.0.0.1", PORT: "0" },
    announcement: /running at (\S+)/,
  });
  const { names, said, status } = await requestPages(origin);
  assert.deepEqual(said, names, output());
  assert.equal(status.backend, "native", output());
  assert.equal(status.addons.length, 1);
  assert.ok(status.addons[0].startsWith(join(folder, "node_modules/@onescope/")), status.addons[0]);
  assert.ok(status.created >= 4, "vinext's requests are onescope's contexts");
});

test("in development", async (t) => {
  const app = makeApp(vinextApp({ plugins: "[vinext(), onescope()]" }));
  const port = `${await freePort()}`;
  const { origin, output } = await serve(t, app, ["node_modules/vite/bin/vite.js", "--port", port, "--strictPort"], {
    env: { NO_COLOR: "1" },
    announcement: /(http:\/\/localhost:\d+)/,
  });
  const { names, said, status } = await requestPages(origin);
  assert.deepEqual(said, names, output());
  assert.equal(status.backend, "native", output());
  assert.ok(status.created >= 4, "vinext's requests are onescope's contexts");
  assert.doesNotMatch(output(), /\[onescope\]/);
});
