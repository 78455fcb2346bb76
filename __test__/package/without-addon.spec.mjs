import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { installOnescope, installPlatform, PLATFORM } from "../_support/installed.mjs";
import { ROOT, runNode } from "../_support/run.mjs";

const folder = installOnescope();
after(() => rmSync(folder, { recursive: true, force: true }));

const MISSING = `@onescope/${PLATFORM.name} is not installed; install onescope on this machine, with optional dependencies`;
const LINE = `onescope: JavaScript backend (no addon for ${process.platform}-${process.arch}: ${MISSING}); watch, serve and record are off\n`;
const CHOSEN = "onescope: JavaScript backend (ONESCOPE_BACKEND=js is set); watch, serve and record are off\n";

/**
 * @param {string} source of a module
 * @param {{ flags?: string[], env?: Record<string, string>, at?: string }} [options]
 */
function run(source, { flags = [], env = {}, at = folder } = {}) {
  const program = join(at, "program.mjs");
  writeFileSync(program, source);
  const unset = { ONESCOPE_BACKEND: undefined, ONESCOPE_NATIVE_PATH: undefined };
  return runNode([...flags, program], { env: { ...unset, ...env } });
}

const STARTERS = `
  import { histograms, record, serve, watch } from "onescope/inspect";

  export function startAll() {
    const [watching, server, recording] = [watch(), serve(), record()];
    watching.pause();
    watching.resume();
    const { url, port } = server;
    const { path } = recording;
    const active = [watching, server, recording].map((handle) => handle.active);
    const usage = recording.usage();
    for (const handle of [watching, server, recording]) {
      handle.stop();
      handle[Symbol.dispose]();
    }
    return { active, url, port, path, usage, histograms: histograms() };
  }
`;

const NOTHING = {
  active: [false, false, false],
  url: null,
  port: null,
  path: null,
  usage: { capacity: 0, pages: 0, unrecorded: 0 },
  histograms: [],
};

// It chooses the backends itself.
describe("without an addon", { skip: process.env.ONESCOPE_BACKEND === "js" }, () => {
  writeFileSync(join(folder, "starters.mjs"), STARTERS);

  test("every starter returns a handle that does nothing, and one line of the process says so", async () => {
    const program = `
      import { isMainThread, Worker } from "node:worker_threads";
      import { startAll } from "./starters.mjs";
      if (isMainThread) {
        const ended = [1, 2].map(() => new Promise((resolve) => new Worker(new URL(import.meta.url)).on("exit", resolve)));
        await Promise.all(ended);
      }
      console.log(JSON.stringify(startAll()));
    `;
    const { code, stdout, stderr } = await run(program);
    assert.equal(stderr, LINE);
    assert.deepEqual(
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
      [NOTHING, NOTHING, NOTHING],
    );
    assert.equal(code, 0);
  });

  test("nothing is said as long as nothing that is off is called", async () => {
    const program = `
      import { registerSlot, SlotStorage } from "onescope";
      import { counters, inFlight, leaks, runTask, trackLeaks, trackRequests } from "onescope/inspect";
      trackRequests();
      trackLeaks();
      runTask("job", () => console.log(inFlight()[0].label, counters().inFlight, leaks().tracking));
    `;
    assert.deepEqual(await run(program), { code: 0, signal: null, stdout: "job 1 true\n", stderr: "" });
  });

  test("histograms() alone is reason enough", async () => {
    const program = `import { histograms } from "onescope/inspect"; histograms(); histograms();`;
    assert.deepEqual(await run(program), { code: 0, signal: null, stdout: "", stderr: LINE });
  });

  test("what was chosen is said too", async () => {
    const program = `import { startAll } from "./starters.mjs"; startAll();`;
    assert.equal((await run(program, { env: { ONESCOPE_BACKEND: "js" } })).stderr, CHOSEN);
  });

  test("strict throws, and lists every cause", async () => {
    const program = `
      import { record, serve, watch } from "onescope/inspect";
      for (const start of [watch, serve, record]) {
        try {
          start({ strict: true });
        } catch ({ name, code, message }) {
          console.log(name, code, message);
        }
      }
    `;
    const { code, stdout, stderr } = await run(program);
    const error = (/** @type {string} */ call) =>
      `OnescopeError ERR_ONESCOPE_BACKEND ${call} needs the native backend, and the JavaScript backend is in use:\n  - ${MISSING}\n` +
      `Correct that, or omit strict: then ${call} does nothing there\n`;
    assert.equal(stdout, error("watch()") + error("serve()") + error("record()"));
    assert.deepEqual([code, stderr], [0, ""]);
  });

  test("ONESCOPE_BACKEND=native is an error that lists every cause", async () => {
    const program = `
      import("onescope/inspect").catch(({ name, code, message }) => console.log(name, code, message));
    `;
    const { stdout } = await run(program, { env: { ONESCOPE_BACKEND: "native" } });
    assert.equal(
      stdout,
      `OnescopeError ERR_ONESCOPE_BACKEND ONESCOPE_BACKEND=native, but the addon does not load:\n  - ${MISSING}\n` +
        "Correct that, or unset ONESCOPE_BACKEND to run on the JavaScript backend\n",
    );
  });

  test("with --no-addons, a server that starts diagnostics at its first request serves it and every other", async (t) => {
    const at = installOnescope();
    t.after(() => rmSync(at, { recursive: true, force: true }));
    const addon = installPlatform(at);
    // As Next.js and vinext load instrumentation.ts: what it throws would be the response of every request.
    const program = `
      import express from ${JSON.stringify(pathToFileURL(join(ROOT, "node_modules/express/index.js")).href)};
      import { inFlight, trackRequests } from "onescope/inspect";
      const instrumented = { register: () => (trackRequests(), import("./starters.mjs").then(({ startAll }) => startAll())) };
      let registered;
      const app = express();
      app.use(async (request, response, next) => {
        await (registered ??= instrumented.register());
        next();
      });
      app.get("/items/:id", (request, response) => response.json(inFlight().map(({ label }) => label)));
      const server = app.listen(0, "127.0.0.1", async () => {
        for (const id of [1, 2]) {
          const response = await fetch(\`http://127.0.0.1:\${server.address().port}/items/\${id}\`);
          console.log(response.status, await response.text());
        }
        server.close();
        server.closeAllConnections();
      });
    `;
    writeFileSync(join(at, "starters.mjs"), STARTERS);
    const { code, stdout, stderr } = await run(program, { flags: ["--no-addons"], at });
    const cause = `${addon}: --no-addons disables addons; remove it`;
    assert.equal(stderr, LINE.replace(MISSING, cause));
    const [first, second] = stdout.trim().split("\n");
    assert.match(first, /^200 /);
    assert.match(second, /^200 \["GET \/items\/(2|:id)"\]$/);
    assert.equal(code, 0);
  });
});
