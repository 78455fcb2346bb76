// serve() in every process that a program has: launchers, children, cluster workers, threads.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, before, describe, test } from "node:test";
import { backend } from "../../js/index.js";
import { evalJson, runNode } from "../_support/run.mjs";

const native = backend === "native";

/**
 * @param {string} source of a module, with `serve`, `request`, `warnings` and `print` in scope
 * @param {string[]} [flags]
 */
const evaluate = (source, flags = []) =>
  evalJson(
    `
      import { setImmediate } from "node:timers/promises";
      import { request } from "./__test__/_support/http.mjs";
      import { serve } from "./js/inspect.js";
      const warnings = [];
      process.on("warning", ({ name, message }) => name === "OnescopeWarning" && warnings.push(message));
      const print = async (value) => {
        await setImmediate();
        console.log(JSON.stringify({ ...value, warnings }));
        process.exit();
      };
      ${source}
    `,
    { flags },
  );

describe("a port that is taken", { skip: !native }, () => {
  const other = createServer();
  let port = 0;
  before(async () => {
    await once(other.listen(0, "127.0.0.1"), "listening");
    ({ port } = /** @type {import("node:net").AddressInfo} */ (other.address()));
  });
  after(() => other.close());

  test("yields to another, and one line says so", async () => {
    const seen = await evaluate(`
      const server = serve({ port: ${port} });
      const { status } = await request(server.url);
      await print({ port: server.port, url: server.url, status });
    `);
    assert.notEqual(seen.port, port);
    assert.deepEqual([seen.url, seen.status], [`http://127.0.0.1:${seen.port}/`, 200]);
    assert.equal(seen.warnings.length, 1);
    assert.match(
      seen.warnings[0],
      new RegExp(`^onescope's serve\\(\\) listens on ${seen.url}.*${port}.*set port[^\\n]*$`),
    );
  });

  test("is an error with its address if strict", async () => {
    const seen = await evaluate(`
      try { serve({ port: ${port}, strict: true }) } catch ({ code, message }) { await print({ code, message }) }
    `);
    assert.equal(seen.code, "ERR_ONESCOPE_LISTEN");
    assert.ok(seen.message.includes(`127.0.0.1:${port}`), seen.message);
    assert.deepEqual(seen.warnings, []);
  });

  test("ends no worker of a cluster, nor its primary", async () => {
    const { code, stdout, stderr } = await runNode(["__test__/_support/serving-cluster.mjs", String(port)]);
    assert.equal(code, 0, stderr);
    /** @type {Array<{ port: number, status: number }>} */
    const servers = JSON.parse(stdout);
    assert.deepEqual(
      servers.map(({ status }) => status),
      [200, 200, 200],
      stdout,
    );
    assert.equal(new Set([port, ...servers.map((server) => server.port)]).size, 4, stdout);
    assert.equal(stderr.match(/^.*onescope's serve\(\) listens on/gm)?.length, 3, stderr);
  });
});

test("where the system refuses the address, the server is off and says so", { skip: !native }, async () => {
  // An address for documentation, which no machine has.
  const options = `{ host: "192.0.2.1", token: "a-token-of-some-length"`;
  const seen = await evaluate(`
    const server = serve(${options} });
    server.stop();
    let code;
    try { serve(${options}, strict: true }) } catch (error) { code = error.code }
    await print({ url: server.url, port: server.port, code });
  `);
  assert.deepEqual([seen.url, seen.port, seen.code], [null, null, "ERR_ONESCOPE_LISTEN"]);
  assert.equal(seen.warnings.length, 1);
  assert.match(seen.warnings[0], /^onescope's serve\(\) is off: .*192\.0\.2\.1.*choose another port.*$/);
});

describe("a process that has a server", { skip: !native }, () => {
  test("goes on with it, and only the first call ends it", async () => {
    const seen = await evaluate(`
      const first = serve({ port: 0 });
      const second = serve({ port: 0 });
      second.stop();
      const { status } = await request(second.url);
      const before = warnings.length;
      serve({ port: 0, maxBlockedMs: 500 });
      let code;
      try { serve({ port: 0, strict: true }) } catch (error) { code = error.code }
      await print({ same: first.url === second.url, status, before, code });
    `);
    assert.deepEqual([seen.same, seen.status, seen.before, seen.code], [true, 200, 0, "ERR_ONESCOPE_SERVING"]);
    assert.equal(seen.warnings.length, 1);
    assert.match(
      seen.warnings[0],
      /^onescope's serve\(\) ignored its options: .*already has a server.*\/; call serve\(\) once$/,
    );
  });

  test("is served once where every thread of it runs the same preload", async () => {
    const preload = `data:text/javascript,import{serve}from"${new URL("../../js/inspect.js", import.meta.url)}";globalThis.own=serve({port:0})`;
    const source = `
      import { Worker } from "node:worker_threads";
      import { once } from "node:events";
      const code = "import { parentPort } from 'node:worker_threads'; parentPort.postMessage(globalThis.own.url)";
      const worker = new Worker(code, { eval: true });
      const [url] = await once(worker, "message");
      await print({ same: url === globalThis.own.url });
    `;
    assert.deepEqual(await evaluate(source, ["--import", preload]), { same: true, warnings: [] });
  });
});

test("serve() respects Node's permission model", { skip: !native }, async () => {
  const source = `
    import { serve } from "onescope/inspect";
    console.log(serve({ port: 0 }).active);
    try { serve({ port: 0, strict: true }) } catch ({ code, message }) { console.log(code, message) }
    setImmediate(() => process.exit());
  `;
  const run = (/** @type {string[]} */ flags) =>
    runNode([
      "--permission",
      "--allow-addons",
      "--allow-worker",
      "--allow-fs-read=*",
      ...flags,
      "--input-type=module",
      "--eval",
      source,
    ]);
  // Older ones restrict no network.
  const restricts = process.allowedNodeEnvironmentFlags.has("--allow-net");
  const { stdout, stderr } = await run([]);
  assert.match(stdout, restricts ? /^false\nERR_ONESCOPE_PERMISSION .*serve\(\).*--allow-net/ : /^true\n/, stderr);
  if (!restricts) return;
  assert.match(stderr, /\[ERR_ONESCOPE_PERMISSION\] OnescopeWarning: onescope's serve\(\) is off: /);
  assert.match((await run(["--allow-net"])).stdout, /^true\nERR_ONESCOPE_SERVING /);
});
