import assert from "node:assert/strict";
import { renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { build, deploy, leaked, makeApp, STATUS, serve } from "../_support/built-app.mjs";

// A server built by Vite alone, in several environments.

const manifest = (/** @type {object} */ fields) => JSON.stringify({ private: true, type: "module", ...fields });

const FILES = {
  "index.html": '<div id="app"></div><script type="module" src="/client.js"></script>',
  "client.js": 'document.querySelector("#app").textContent = "here";',
  "status.js": STATUS,
  "page.js": `import { SlotStorage } from "onescope";
import { status } from "./status.js";
const name = new SlotStorage();
export async function render(value) {
  return name.run(value, async () => {
    await new Promise(setImmediate);
    return { said: name.getStore(), ...status() };
  });
}`,
  "jobs.js": 'export { render } from "./page.js";',
  "vite.config.js": `import onescope from "onescope/vite";
const server = (name, noExternal) => ({
  consumer: "server",
  resolve: { noExternal },
  build: { outDir: "dist/" + name, rolldownOptions: { input: { index: name + ".js" } } },
});
export default {
  builder: {},
  environments: {
    client: { build: { outDir: "dist/client" } },
    page: server("page", []),
    jobs: server("jobs", true),
  },
  plugins: [onescope()],
};`,
  "server.js": `import { createServer } from "node:http";
import { render } from "./dist/page/index.js";
import { render as work } from "./dist/jobs/index.js";
const server = createServer(async (request, response) => {
  const given = [request.headers["x-name"], "job"];
  response.end(JSON.stringify(await Promise.all([render(given[0]), work(given[1])])));
}).listen(0, "127.0.0.1", () => console.log("on http://127.0.0.1:" + server.address().port));`,
};

test("every server environment shares one native instance, also if it bundles all packages or the package is linked", async (t) => {
  const app = makeApp({ ...FILES, "package.json": manifest({ dependencies: { onescope: "*" } }) });
  // As in a workspace: Vite bundles what is outside node_modules. The link stays one in the copy.
  const [installed, linked] = [join(app, "node_modules/onescope"), join(app, "linked")];
  renameSync(installed, linked);
  symlinkSync("../linked", installed, "junction");
  assert.doesNotMatch(await build(app), /\[onescope\]/);
  assert.deepEqual(leaked(join(app, "dist/client")), []);
  const { origin } = await serve(t, deploy(app, "."), ["server.js"], { announcement: /on (\S+)/ });
  const [page, job] = await (await fetch(origin, { headers: { "x-name": "ada" } })).json();
  assert.deepEqual([page.said, page.backend, job.said, job.backend], ["ada", "native", "job", "native"]);
  assert.equal(job.addons.length, 1);
});

test("one warning if the server's package is only a devDependency", async () => {
  const app = makeApp({ ...FILES, "package.json": manifest({ devDependencies: { onescope: "*" } }) });
  const lines = async () => (await build(app)).split("\n").filter((line) => line.includes("[onescope]"));
  assert.deepEqual(await lines(), [
    "[onescope] the built server imports onescope, which is in the devDependencies of package.json: an install without " +
      'them ("npm install --omit=dev") breaks the server. Move it to dependencies.',
  ]);
  // None where the output has its packages.
  writeFileSync(join(app, "next.config.js"), 'export default { output: process.env.CI ? "standalone" : undefined };');
  assert.deepEqual(await lines(), []);
});
