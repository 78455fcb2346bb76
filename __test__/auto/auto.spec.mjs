import assert from "node:assert/strict";
import { chmodSync, mkdirSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { backend } from "../../js/index.js";
import { launch } from "../_support/auto/launch.mjs";
import { autoHome, listed, startAuto } from "../_support/auto/start-auto.mjs";
import { readFlight } from "../_support/flights.mjs";
import { request, requestJson } from "../_support/http.mjs";
import { ROOT, runNode } from "../_support/run.mjs";
import { freePort } from "../_support/server.mjs";
import { until } from "../_support/wait.mjs";

const skip = backend !== "native";

describe("onescope/auto", { skip }, () => {
  test("tracks, watches, records and serves a program that knows nothing of it", async (t) => {
    const { env, flights } = autoHome(t);
    const server = await startAuto(t, ["server.mjs"], { env: { ...env, ONESCOPE_WATCH: "300" } });
    httpRequest(`${server.url}/hang`)
      .on("error", () => {})
      .end();
    const [{ pid, url, recording }, ...others] = await until(
      () => listed(env),
      ([each]) => each?.inFlight === 1,
    );
    assert.deepEqual([pid, others], [server.pid, []]);
    const { inFlight } = await requestJson(`${url}in-flight`);
    assert.deepEqual(
      inFlight.map((/** @type {any} */ { label, state }) => [label, state]),
      [["GET /hang", "active"]],
    );
    assert.equal((await requestJson(`${url}stalls`)).watching, true);
    assert.equal(flights().length, 1);
    assert.equal(await server.end("SIGKILL"), "");
    assert.deepEqual(await listed(env), []);
    assert.equal((await readFlight(recording)).inFlight[0].label, "GET /hang");
  });

  test("makes storages slots at once, in every process", async (t) => {
    const { env } = autoHome(t);
    const source = `import { AsyncLocalStorage } from "node:async_hooks"; import { SlotStorage } from "onescope";
      console.log(new AsyncLocalStorage() instanceof SlotStorage);`;
    for (const [value, expected] of /** @type {const} */ ([
      [undefined, true],
      ["off", false],
    ])) {
      const { code, stdout } = await runNode(["--input-type=module", "--eval", source], {
        env: { ...env, ONESCOPE_REGISTER: value },
      });
      assert.deepEqual([code, stdout], [0, `${expected}\n`]);
    }
  });

  for (const kind of ["https", "http2", "given"]) {
    test(`starts with a server of another kind: ${kind}`, async (t) => {
      const { env } = autoHome(t);
      const { pid } = await startAuto(t, ["server.mjs", kind], { env });
      assert.deepEqual(
        (
          await until(
            () => listed(env),
            ({ length }) => length > 0,
          )
        ).map((each) => each.pid),
        [pid],
      );
    });
  }

  test("starts nothing with a server of another protocol", async (t) => {
    const { env, flights } = autoHome(t);
    const { loaded, end } = await startAuto(t, ["server.mjs", "net"], { env });
    assert.deepEqual([loaded, flights(), await listed(env), await end()], [false, [], [], ""]);
  });

  test("starts nothing in a launcher, and everything in the server that it starts", async (t) => {
    const { env, flights } = autoHome(t);
    const { loaded, server } = await startAuto(t, ["launcher.mjs"], { env });
    assert.equal(loaded, false);
    assert.deepEqual(
      (await listed(env)).map(({ pid }) => pid),
      [server.pid],
    );
    assert.equal(flights().length, 1);
  });

  test("starts once in each of a cluster's workers, on the next port, and not in its primary", async (t) => {
    const { env, flights } = autoHome(t);
    const first = await startAuto(t, ["server.mjs"], { env });
    const [{ port }] = await listed(env);
    const { loaded, workers, end } = await startAuto(t, ["cluster.mjs"], {
      env: { ...env, ONESCOPE_SERVE: String(port) },
    });
    assert.equal(loaded, false);
    const all = await listed(env);
    assert.deepEqual(all.map(({ pid }) => pid).sort(), [first.pid, ...workers].sort());
    const ports = all.map((each) => each.port);
    assert.equal(new Set(ports).size, 5);
    for (const each of ports) assert.ok(each >= port && each <= port + 32, `${each} follows ${port}`);
    assert.equal(new Set(all.map(({ recording }) => recording)).size, 5);
    assert.equal(flights().length, 5);
    assert.equal((await end()).match(/onescope's serve\(\) listens on/g)?.length, 4);
  });

  test("starts in the main thread for a server in a worker", async (t) => {
    const { env, flights } = autoHome(t);
    const { pid, url } = await startAuto(t, ["thread.mjs"], { env });
    const [process] = await until(
      () => listed(env),
      // Its recording is listed before its diagnostics server.
      ([each]) => each?.inFlight != null,
    );
    assert.deepEqual([process.pid, process.recording === null, flights().length], [pid, false, 1]);
    httpRequest(`${url}/hang`)
      .on("error", () => {})
      .end();
    const { inFlight } = await until(
      () => requestJson(`${process.url}in-flight`),
      // The label follows the record.
      ({ inFlight: [request] }) => request?.label,
    );
    assert.deepEqual(
      inFlight.map((/** @type {any} */ { label }) => label),
      ["GET /hang"],
    );
  });

  test("labels requests with routes of a Fastify that was there before, from their first hook on", async (t) => {
    const { env } = autoHome(t);
    const { url } = await startAuto(t, ["fastify.mjs"], { env });
    httpRequest(`${url}/users/1`)
      .on("error", () => {})
      .end();
    const [found] = await until(
      () => listed(env),
      ([each]) => each?.inFlight === 1,
    );
    // Another thread responds: the hook may not have run yet.
    const { inFlight } = await until(
      () => requestJson(`${found.url}in-flight`),
      (response) => response.inFlight[0].label === "GET /users/:id",
    );
    assert.equal(inFlight[0].label, "GET /users/:id");
  });

  test("holds nothing of the request that starts the first worker", async (t) => {
    const { env } = autoHome(t);
    const path = fileURLToPath(new URL("../_support/auto/first-worker.mjs", import.meta.url));
    const { stdout, stderr } = await runNode(["--expose-gc", path], { env });
    assert.equal(stdout, '{"held":0}\n', stderr);
  });

  test("starts at once in a server that loads it late", async (t) => {
    const { env } = autoHome(t);
    const { pid } = await startAuto(t, ["late.mjs"], { env: { ...env, NODE_OPTIONS: undefined } });
    const [{ pid: found, inFlight }] = await until(
      () => listed(env),
      ([each]) => each?.inFlight != null,
    );
    assert.deepEqual([found, inFlight], [pid, 0]);
  });

  test("makes room if the program listens on its port", async (t) => {
    const { env } = autoHome(t);
    const port = await freePort();
    const program = await startAuto(t, ["second-port.mjs", String(port)], {
      env: { ...env, ONESCOPE_SERVE: String(port) },
    });
    assert.equal((await request(program.url)).text, "of the program");
    const [moved] = await listed(env);
    assert.ok(moved.port > port, `${moved.port} follows ${port}`);
    assert.equal(moved.problem, null);
    const line = `onescope: the program listens on port ${port} itself; the diagnostics server has moved to ${moved.url}\n`;
    assert.equal(await program.end(), line);
  });

  test("leaves alone what the program starts itself", async (t) => {
    const { env, flights, home } = autoHome(t);
    const server = await startAuto(t, ["own-calls.mjs", join(home, "own")], { env });
    const [{ recording }, ...others] = await listed(env);
    assert.deepEqual([others, flights()], [[], []]);
    assert.equal(recording.startsWith(join(home, "own/")), true);
    assert.equal(await server.end(), "");
  });
});

describe("the variables of onescope/auto", { skip }, () => {
  test("each part can be off", async (t) => {
    const { env, flights } = autoHome(t);
    const off = { ONESCOPE_TRACK: "off", ONESCOPE_WATCH: "off", ONESCOPE_RECORD: "off", ONESCOPE_SERVE: "off" };
    const { end } = await startAuto(t, ["server.mjs"], { env: { ...env, ...off } });
    assert.deepEqual([await listed(env), flights(), await end()], [[], [], ""]);
  });

  test("one that is invalid is one line, and its default is used", async (t) => {
    const { env, flights } = autoHome(t);
    const invalid = {
      ONESCOPE_REGISTER: "1",
      ONESCOPE_TRACK: "yes",
      ONESCOPE_LABEL_PATHS: "hidden",
      ONESCOPE_WATCH: "99\u202e",
      ONESCOPE_RECORD_KEEP: "0",
      ONESCOPE_SERVE: "localhost",
      ONESCOPE_BACKEND: "rust",
    };
    const server = await startAuto(t, ["server.mjs"], { env: { ...env, ...invalid } });
    assert.equal((await request(server.url)).text, String(server.pid));
    const [{ port }] = await listed(env);
    assert.ok(port >= 9464);
    assert.equal(flights().length, 1);
    const lines = (await server.end()).split("\n").filter((line) => line.startsWith("onescope: "));
    assert.deepEqual(lines.sort(), [
      'onescope: ONESCOPE_BACKEND is "rust", which is ignored; set it to "native" or "js", or unset it',
      'onescope: ONESCOPE_LABEL_PATHS is "hidden": expected show or hide; using hide',
      'onescope: ONESCOPE_RECORD_KEEP is "0": expected an integer from 1 to 1000; using 8',
      'onescope: ONESCOPE_REGISTER is "1": expected on or off; using on',
      'onescope: ONESCOPE_SERVE is "localhost": expected on, off, PORT or ADDRESS:PORT, such as 9464 or 0.0.0.0:9464; using 127.0.0.1:9464',
      'onescope: ONESCOPE_TRACK is "yes": expected on or off; using on',
      'onescope: ONESCOPE_WATCH is "99?": expected on, off or milliseconds from 100 to 2147483647; using 1000',
    ]);
  });

  test("one that is long is a short line", async (t) => {
    const { env } = autoHome(t);
    const long = "a".repeat(100_000);
    const server = await startAuto(t, ["server.mjs"], {
      env: { ...env, ONESCOPE_WATCH: long, ONESCOPE_LABEL_PATHS: long, ONESCOPE_BACKEND: long },
    });
    const lines = (await server.end()).trim().split("\n");
    assert.deepEqual(
      lines.map((line) => line.length < 300),
      [true, true, true],
    );
  });

  test("a server that others can reach requires a token", async (t) => {
    const { env } = autoHome(t);
    const token = "a-token-of-some-length";
    const start = async (/** @type {Record<string, string>} */ more) => {
      const server = await startAuto(t, ["server.mjs"], { env: { ...env, ONESCOPE_SERVE: "0.0.0.0:0", ...more } });
      const [found] = await listed({ ...env });
      return { found, stderr: await server.end() };
    };
    const without = await start({});
    assert.match(without.found.url, /^http:\/\/127\.0\.0\.1:/);
    assert.match(
      without.stderr,
      /^onescope: ONESCOPE_SERVE=0\.0\.0\.0:0 is reachable .* requires ONESCOPE_TOKEN; using 127\.0\.0\.1:0\n$/,
    );
    const invalid = await start({ ONESCOPE_TOKEN: "short" });
    assert.equal(invalid.found.url, null);
    assert.match(invalid.stderr, /^onescope: ONESCOPE_TOKEN is invalid: .*; serve\(\) is off\n$/);
    assert.doesNotMatch(invalid.stderr, /short/);
    const right = await start({ ONESCOPE_TOKEN: token });
    assert.deepEqual([right.found.problem, right.found.inFlight, right.stderr], [null, 0, ""]);
  });
});

describe("onescope/auto never ends a process", { skip }, () => {
  test("without addon: one line", async (t) => {
    const { env } = autoHome(t);
    for (const variables of [{ ONESCOPE_NATIVE_PATH: "/no/addon.node" }, { ONESCOPE_BACKEND: "js" }]) {
      const server = await startAuto(t, ["server.mjs"], { env: { ...env, ...variables } });
      assert.equal((await request(server.url)).status, 200);
      assert.match(await server.end(), /^onescope: JavaScript backend \(.*\); watch, serve and record are off\n$/);
    }
    const required = { ONESCOPE_NATIVE_PATH: "/no/addon.node", ONESCOPE_BACKEND: "native" };
    const server = await startAuto(t, ["server.mjs"], { env: { ...env, ...required } });
    assert.match(
      await server.end(),
      /^onescope: onescope\/auto is off: ONESCOPE_BACKEND=native, .*\/no\/addon\.node.*\n$/,
    );
  });

  test("under the permission model, in a directory that it cannot write, without stderr", async (t) => {
    const { env, home } = autoHome(t);
    const permission = ["--permission", "--allow-addons", "--allow-worker", "--allow-fs-read=*"];
    if (process.allowedNodeEnvironmentFlags.has("--allow-net")) permission.push("--allow-net");
    const restricted = await startAuto(t, ["server.mjs"], { env, flags: permission });
    assert.equal((await request(restricted.url)).status, 200);
    const stderr = await restricted.end();
    assert.match(stderr, /record\(\) is off: Node's permission model .*--allow-fs-write=/);
    assert.match(stderr, /onescope ps does not list this process: /);
    // A file is where the directory would be, as root can write everywhere.
    const file = join(home, "run");
    mkdirSync(file);
    chmodSync(file, 0o755);
    const nowhere = { ...env, ONESCOPE_RECORD: "/proc/flights" };
    const server = await startAuto(t, ["server.mjs"], { env: nowhere });
    assert.equal((await request(server.url)).status, 200);
    const warnings = (await server.end()).match(/OnescopeWarning: .*/g) ?? [];
    assert.equal(warnings.length, 2, warnings.join("\n"));
    assert.match(warnings[0], /record\(\) is off: .*\/proc\/flights/);
    assert.match(warnings[1], /onescope ps does not list this process: .*chmod 700/);
  });

  test("loaded with --require", async (t) => {
    const { env } = autoHome(t);
    const { pid } = await startAuto(t, ["server.mjs"], { env: { ...env, NODE_OPTIONS: "--require=onescope/auto" } });
    assert.deepEqual(
      (await listed(env)).map((each) => each.pid),
      [pid],
    );
  });
});

test("npx vinext start: the server is listed and records, npm is not", { skip }, async (t) => {
  const { env, flights } = autoHome(t);
  const port = String(await freePort());
  const options = { cwd: join(ROOT, "examples/vinext-app"), env, url: `http://127.0.0.1:${port}/` };
  const { status, output } = await launch(t, ["npx", "vinext", "start", "-p", port], options);
  assert.equal(status, 200, output());
  const found = await listed(env);
  assert.deepEqual([found.length, found[0].problem, flights().length], [1, null, 1], JSON.stringify(found));
  assert.match(found[0].command, /vinext/);
  assert.match((await request(`${found[0].url}counters`)).text, /"created":[1-9]/);
});
