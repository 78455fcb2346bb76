import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { backend } from "../../js/index.js";
import { serve } from "../../js/inspect.js";
import { codeOf } from "../_support/code-of.mjs";
import { request, requestJson } from "../_support/http.mjs";
import { evalJson } from "../_support/run.mjs";
import { startDiagnosticsApp } from "../_support/start-diagnostics-app.mjs";
import { until } from "../_support/wait.mjs";

const native = backend === "native";

/** Waits until the server responds to a path with a status. */
async function becomes(server, path, status) {
  const response = await until(
    () => request(server.page + path),
    (seen) => seen.status === status,
  );
  assert.equal(response.status, status, path);
}

test("the JavaScript backend lacks it, which is an error if strict", { skip: native }, () => {
  assert.equal(
    codeOf(() => serve({ port: 0, strict: true })),
    "ERR_ONESCOPE_BACKEND",
  );
});

describe("options", () => {
  for (const [name, options, code] of /** @type {Array<[string, any, string]>} */ ([
    ["a port that is none", { port: 65_536 }, "ERR_ONESCOPE_OPTION"],
    ["a port that is text", { port: "80" }, "ERR_ONESCOPE_OPTION"],
    ["a host that is a name", { host: "example.com" }, "ERR_ONESCOPE_OPTION"],
    ["a host with a zone", { host: "fe80::1%lo", token: "0123456789abcdef" }, "ERR_ONESCOPE_OPTION"],
    ["a host with a zone and no token", { host: "fe80::1%lo" }, "ERR_ONESCOPE_OPTION"],
    ["a host that is no text", { host: 127 }, "ERR_ONESCOPE_OPTION"],
    ["a short token", { token: "fifteen-letters" }, "ERR_ONESCOPE_OPTION"],
    ["a token with a line break", { token: "0123456789abcdef\n" }, "ERR_ONESCOPE_OPTION"],
    ["an empty token", { token: "" }, "ERR_ONESCOPE_OPTION"],
    ["strict that is no boolean", { strict: 1 }, "ERR_ONESCOPE_OPTION"],
    ["a short time", { maxBlockedMs: 99 }, "ERR_ONESCOPE_OPTION"],
    ["all addresses without a token", { host: "0.0.0.0" }, "ERR_ONESCOPE_TOKEN"],
    ["all IPv6 addresses without a token", { host: "::" }, "ERR_ONESCOPE_TOKEN"],
    ["a mapped address without a token", { host: "::ffff:127.0.0.1" }, "ERR_ONESCOPE_TOKEN"],
    ["an address of a network without a token", { host: "10.0.0.1" }, "ERR_ONESCOPE_TOKEN"],
  ])) {
    test(`${name}: ${code}`, () => {
      assert.equal(
        codeOf(() => serve({ port: 0, ...options })),
        code,
      );
    });
  }

  test("no error shows the token", () => {
    assert.throws(
      () => serve({ token: "hunter2" }),
      (/** @type {any} */ error) => !error.message.includes("hunter2"),
    );
  });
});

describe("one server", { skip: !native }, () => {
  test("one at a time, and again on the same port", async () => {
    const first = serve({ port: 0 });
    assert.equal(
      codeOf(() => serve({ port: 0, strict: true })),
      "ERR_ONESCOPE_SERVING",
    );
    assert.equal(first.url, `http://127.0.0.1:${first.port}/`);
    assert.equal((await request(first.url)).status, 200);
    for (let repetition = 0; repetition < 5; repetition++) {
      const { port } = first;
      if (repetition === 0) first.stop();
      const next = serve({ port });
      // A stopped handle does not end another server.
      first.stop();
      assert.equal((await request(next.url)).status, 200);
      next.stop();
    }
    const code = () => request(first.url).catch((error) => error.code);
    assert.equal(await until(code, (seen) => seen === "ECONNREFUSED"), "ECONNREFUSED");
  });

  test("IPv6", async () => {
    const server = serve({ port: 0, host: "::1" });
    assert.match(server.url, /^http:\/\/\[::1\]:\d+\/$/);
    assert.equal((await request(`${server.url}readyz`)).headers["content-type"], "application/json");
    server.stop();
  });

  test("JavaScript that fails to report its leaks warns once and continues", async () => {
    const source = `
      import { setImmediate } from "node:timers/promises";
      import { request } from "./__test__/_support/http.mjs";
      import { serve } from "./js/inspect.js";
      const { url } = serve({ port: 0 });
      const print = JSON.stringify;
      const warnings = [];
      process.on("warning", ({ name, message }) => warnings.push([name, message]));
      JSON.stringify = () => { throw new Error("it is broken"); };
      const responses = await Promise.all([1, 2, 3].map(() => request(url + "leaks")));
      const again = await request(url + "leaks");
      while (warnings.length === 0) await setImmediate();
      console.log(print([...responses, again].map(({ status }) => status).concat(warnings)));
      process.exit();
    `;
    assert.deepEqual(await evalJson(source), [
      ...[503, 503, 503, 503],
      ["OnescopeWarning", "/leaks of onescope's serve() failed: Error: it is broken"],
    ]);
  });

  test("it ends with the worker that started it, and keeps no process alive", async () => {
    const source = `
      import { Worker } from "node:worker_threads";
            import { once } from "node:events";
      import { serve } from "./js/inspect.js";
      const code = \`
        import { parentPort } from "node:worker_threads";
        import { serve } from "\${import.meta.resolve("onescope/inspect")}";
        parentPort.on("message", () => {});
        parentPort.postMessage(serve({ port: 0 }).port);
      \`;
      const worker = new Worker(new URL("data:text/javascript," + encodeURIComponent(code)));
      const [port] = await once(worker, "message");
      const response = await fetch("http://127.0.0.1:" + port + "/readyz");
      await response.arrayBuffer();
      await worker.terminate();
      const own = serve({ port });
      console.log(JSON.stringify([response.headers.get("content-type"), own.port === port]));
    `;
    assert.deepEqual(await evalJson(source), ["application/json", true]);
  });
});

describe("responses", { skip: !native }, () => {
  /** @type {Awaited<ReturnType<typeof startDiagnosticsApp>>} */
  let server;
  before(async () => {
    server = await startDiagnosticsApp({ serve: { maxBlockedMs: 1500 }, watch: { thresholdMs: 300 } });
  });
  after(() => server.stop());

  test("every response has the headers that restrict browsers", async () => {
    for (const path of ["/", "/in-flight", "/metrics", "/page.css", "/nowhere"]) {
      const { headers } = await request(server.page + path);
      assert.equal(headers["x-content-type-options"], "nosniff", path);
      assert.equal(headers["referrer-policy"], "no-referrer", path);
      assert.equal(headers["cache-control"], "no-store", path);
      assert.equal(headers["cross-origin-resource-policy"], "same-origin", path);
      assert.match(
        String(headers["content-security-policy"]),
        /^default-src 'none'; script-src 'self'; style-src 'self'/,
      );
      assert.doesNotMatch(String(headers["content-security-policy"]), /unsafe|\*/);
      assert.equal(headers["access-control-allow-origin"], undefined, path);
    }
  });

  test("/in-flight has what inFlight() has, oldest first", async () => {
    server.poke("/hang?secret=1");
    const first = await until(
      () => requestJson(`${server.page}/in-flight`),
      ({ total }) => total === 1,
    );
    server.poke(`/named?text=${encodeURIComponent('<b>"&\u202e')}`);
    const list = await until(
      () => requestJson(`${server.page}/in-flight`),
      ({ inFlight }) => inFlight[1]?.label.startsWith("<"),
    );
    assert.deepEqual(Object.keys(list), ["pid", "now", "threads", "total", "inFlight"]);
    assert.deepEqual([list.pid, list.total], [server.pid, 2]);
    assert.ok(Math.abs(Date.parse(list.now) - Date.now()) < 60_000);
    assert.deepEqual(
      list.inFlight.map((/** @type {any} */ { ageMs, idleMs, id, ...rest }) => rest),
      ["GET /hang", '<b>"&?'].map((label) => ({
        label,
        kind: "other",
        state: "active",
        thread: 0,
        flags: [],
        parent: null,
        waiting: null,
      })),
    );
    assert.equal(list.inFlight[0].id, first.inFlight[0].id);
    assert.ok(list.inFlight[0].ageMs >= list.inFlight[1].ageMs);
    const query = (/** @type {string} */ text) => requestJson(`${server.page}/in-flight?${text}`);
    const labels = async (/** @type {string} */ text) =>
      (await query(text)).inFlight.map((/** @type {any} */ each) => each.label);
    assert.deepEqual(await labels("limit=1"), ["GET /hang"]);
    assert.equal((await query("limit=1")).total, 2);
    assert.deepEqual(await labels("label=%3Cb"), ['<b>"&?']);
    assert.deepEqual(await labels("state=active&thread=0&label="), ["GET /hang", '<b>"&?']);
    assert.deepEqual(await labels("thread=7"), []);
    assert.equal((await request(`${server.page}/in-flight?state=busy`)).status, 400);
    assert.equal((await request(`${server.page}/in-flight?offset=5`)).status, 400);
  });

  test("/counters has counters and how long requests took", async () => {
    for (let n = 0; n < 5; n++) await request(`${server.app}/quick`);
    await request(`${server.app}/slow?ms=120`);
    const counters = await until(
      () => requestJson(`${server.page}/counters`),
      ({ histograms }) => histograms.some((/** @type {any} */ each) => each.label === "GET /slow"),
    );
    assert.equal(counters.created, counters.closed + counters.abandoned + counters.inFlight);
    assert.deepEqual([counters.threads, counters.byState.active, counters.byKind.other], [1, 2, 2]);
    const slow = counters.histograms.find((/** @type {any} */ each) => each.label === "GET /slow");
    assert.equal(slow.count, 1);
    assert.ok(slow.p50 >= 100 && slow.max === slow.p50, JSON.stringify(slow));
    assert.equal(slow.buckets.length, 11);
    assert.equal(
      slow.buckets.reduce((/** @type {number} */ sum, /** @type {any} */ each) => sum + each.count, 0),
      1,
    );
    assert.deepEqual(slow.buckets[10], { upToMs: null, count: 0 });
  });

  test("/leaks has the report of JavaScript, and starts no tracking", async () => {
    const leaks = await until(
      () => requestJson(`${server.page}/leaks`),
      ({ asOf }) => asOf !== undefined,
    );
    assert.deepEqual([leaks.tracking, leaks.held, leaks.lateReads], [false, [], []]);
    assert.ok(Date.parse(leaks.asOf) > 0);
    assert.deepEqual([leaks.heldTotal, leaks.neverClosedTotal, leaks.lateReadsTotal], [0, 0, 0]);
    assert.deepEqual(leaks.neverClosed, []);
  });

  test("HEAD responds without a body, other methods are rejected", async () => {
    const head = await request(`${server.page}/livez`, { method: "HEAD" });
    assert.deepEqual([head.status, head.text], [200, ""]);
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      const refused = await request(`${server.page}/livez`, { method });
      assert.deepEqual([refused.status, refused.headers.allow], [405, "GET, HEAD"], method);
    }
    assert.equal((await request(`${server.page}/../etc/passwd`)).status, 404);
  });

  test("host names that are not loopback are rejected", async () => {
    const { port } = new URL(server.page);
    for (const host of [`localhost:${port}`, "127.0.0.1", "[::1]:80", "LOCALHOST"]) {
      assert.equal((await request(`${server.page}/livez`, { headers: { host } })).status, 200, host);
    }
    for (const host of ["example.com", `evil.example:${port}`, "127.0.0.1.evil.example", "0.0.0.0"]) {
      assert.equal((await request(`${server.page}/livez`, { headers: { host } })).status, 403, host);
    }
  });

  test("while the thread is blocked every path responds and names the cause", async () => {
    await becomes(server, "/readyz", 200);
    server.poke("/report?ms=4000");
    const list = await until(
      () => requestJson(`${server.page}/in-flight`),
      // A busy machine may hold the thread up by itself.
      ({ threads: [{ suspect }] }) => suspect?.confidence === "exact" && suspect.request?.label === "GET /report",
    );
    const [thread] = list.threads;
    const culprit = list.inFlight.find((/** @type {any} */ each) => each.label === "GET /report");
    const { ageMs, ...suspected } = thread.suspect.request;
    // The thread counts as blocked from its last heartbeat on, up to 50 ms before the request came.
    assert.ok(ageMs >= 200, `${ageMs}`);
    assert.deepEqual(
      { ...thread.suspect, request: suspected },
      { confidence: "exact", request: { id: culprit.id, label: "GET /report", state: "active" }, call: null },
    );
    assert.ok(thread.blockedMs >= 300, `${thread.blockedMs}`);
    const { watching, stalls } = await requestJson(`${server.page}/stalls`);
    const { at, ...stall } = stalls.find(
      (/** @type {any} */ each) => each.request?.label === "GET /report" && each.confidence === "exact",
    );
    const line = JSON.stringify(stall);
    const lines = await until(
      async () => server.errors().split("\n"),
      (seen) => seen.includes(line),
    );
    assert.ok(watching && lines.includes(line), `${line} is not in ${lines}`);
    assert.match(stall.stack.join("\n"), /^buildReport/m);
    assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000);
    const leaks = await requestJson(`${server.page}/leaks`);
    assert.ok(leaks.asOf !== undefined);
    await becomes(server, "/livez", 503);
    assert.equal((await request(`${server.page}/readyz`)).status, 503);
    const { threads } = await requestJson(`${server.page}/eventloop`);
    assert.ok(Math.max(...threads[0].delaysMs) >= 300, JSON.stringify(threads));
    // And it is over.
    const free = await until(
      () => requestJson(`${server.page}/in-flight`),
      (seen) => seen.threads[0].blockedMs === 0,
    );
    assert.deepEqual(free.threads, [{ thread: 0, blockedMs: 0, suspect: null }]);
    await becomes(server, "/readyz", 200);
    assert.equal((await request(`${server.page}/livez`)).status, 200);
    const last = await until(
      async () => (await requestJson(`${server.page}/stalls`)).stalls.at(-1),
      ({ onescope }) => onescope === "recovered",
    );
    assert.deepEqual([last.onescope, last.request.label], ["recovered", "GET /report"]);
  });

  test("a closed request is listed while code that it left behind blocks the thread", async () => {
    server.poke("/afterwards?ms=4000");
    const isSuspected = ({ threads: [{ suspect }] }) => suspect?.request?.label === "GET /afterwards";
    const { threads, inFlight, total } = await until(
      () => requestJson(`${server.page}/in-flight?label=after`),
      isSuspected,
    );
    assert.deepEqual([threads[0].suspect.request.state, threads[0].suspect.confidence], ["closed", "exact"]);
    assert.deepEqual(
      inFlight.map(({ id, state }) => [id, state]),
      [[threads[0].suspect.request.id, "closed"]],
    );
    assert.equal(total, 1);
    const { inFlight: others } = await requestJson(`${server.page}/in-flight?state=active`);
    assert.ok(others.every(({ label }) => label !== "GET /afterwards"));
    const free = await until(
      () => requestJson(`${server.page}/in-flight?label=after`),
      (seen) => seen.threads[0].blockedMs === 0,
    );
    assert.deepEqual(free.inFlight, []);
  });
});

describe("without a watch", { skip: !native }, () => {
  test("threads write heartbeats for the server, and the suspect is the request that was entered last", async () => {
    const server = await startDiagnosticsApp({ watch: false });
    try {
      await becomes(server, "/readyz", 200);
      server.poke("/report?ms=1500");
      const { threads } = await until(
        () => requestJson(`${server.page}/in-flight`),
        (seen) => seen.threads[0].blockedMs > 200,
      );
      assert.deepEqual([threads[0].suspect.request.label, threads[0].suspect.confidence], ["GET /report", "last-seen"]);
      assert.deepEqual(await requestJson(`${server.page}/stalls`), { watching: false, inspector: null, stalls: [] });
      assert.equal(server.errors(), "");
    } finally {
      await server.stop();
    }
  });
});
