import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { counters, inFlight, label, runTask } from "../../js/inspect.js";
import { idOf } from "../../js/store/records.js";
import { store } from "../../js/store.js";
import { HttpRequest } from "../../js/tracking/http-request.js";
import { createRequestContext, runWithRequestContext } from "../../shims/unified-request-context.js";
import { codeOf } from "../_support/code-of.mjs";
import { here, over, seen, send, serve, track } from "../_support/tracked.mjs";
import { until } from "../_support/wait.mjs";

test("a label is method and path, cut and made safe, and nothing that is private", async () => {
  track();
  /** @type {string[]} */
  const labels = [];
  const { port } = await serve((_request, response) => {
    labels.push(store.label(Number(here())));
    response.end();
  });
  for (const [target, expected] of [
    ["/plain", "GET /plain"],
    ["/q?token=secret", "GET /q"],
    ["/f#secret", "GET /f"],
    ["http://user:secret@host:80/proxied?secret", "GET /proxied"],
    ["http://host?secret", "GET /"],
    [`/${"x".repeat(100)}`, `GET /${"x".repeat(59)}`],
    ["/%0a%00", "GET /%0a%00"],
  ]) {
    const { socket, received } = await send(port, `GET ${target} HTTP/1.1\r\nHost: x\r\nCookie: secret\r\n\r\n`);
    const text = await until(received, (given) => given.includes("\r\n\r\n"));
    socket.destroy();
    assert.match(text, /200 OK/, target);
    assert.equal(labels.pop(), expected);
  }
  const { socket, received } = await send(port, "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n");
  await until(received, (given) => given.includes("\r\n\r\n"));
  socket.destroy();
  assert.deepEqual(labels, ["OPTIONS *"]);
});

test("a target that is no ASCII, which other parsers may let through, makes a safe label too", () => {
  for (const [target, expected] of [
    [`/${"x".repeat(58)}\u00c3\u00a9`, `GET /${"x".repeat(58)}`],
    ["/caf\u00c3\u00a9", "GET /café"],
    ["/bad\u00ff\u00fe", "GET /bad\u{fffd}\u{fffd}"],
    ["/c1\u00c2\u0085x", "GET /c1?x"],
    ["/turned\u00e2\u0080\u00aex", "GET /turned?x"],
  ]) {
    const request = new HttpRequest("GET", target);
    assert.equal(store.label(Number(idOf(request))), expected);
    request.end();
  }
});

test("label() names the current context, and only there", async () => {
  track();
  const { origin } = await serve(async (_request, response) => {
    await sleep(1);
    label("import\tof \ud800 users");
    response.end(store.label(Number(here())));
  });
  assert.equal(await (await fetch(`${origin}/x`)).text(), "import?of \u{fffd} users");
  // It closes a turn after its response; the next test counts.
  await over("import?of");
  assert.equal(
    codeOf(() => label("x")),
    "ERR_ONESCOPE_NO_CONTEXT",
  );
  assert.equal(
    codeOf(() => label(/** @type {any} */ (5))),
    "ERR_ONESCOPE_SLOT_KIND",
  );
  const context = createRequestContext();
  runWithRequestContext(context, () => label("by vinext's context"));
  assert.equal(store.label(Number(store.id(context))), "by vinext's context");
});

test("runTask() is a context until its result settles", async () => {
  const before = counters();
  /** @type {Array<number | undefined>} */
  const ids = [];
  const result = runTask("job", async () => {
    ids.push(here());
    await sleep(1);
    assert.equal(here(), ids[0]);
    runTask("part", () => ids.push(here()));
    assert.equal(here(), ids[0]);
    return "result";
  });
  assert.equal(here(), undefined);
  const [job] = inFlight({ label: "job" });
  assert.deepEqual([job.id, job.kind, job.parent, job.state], [ids[0], "other", null, "active"]);
  assert.equal(await result, "result");
  assert.deepEqual(seen("job"), []);
  assert.equal(store.state(Number(ids[1])).state, "closed");
  assert.throws(() => runTask("job", () => assert.fail("sync")), /sync/);
  await assert.rejects(
    runTask("job", async () => assert.fail("async")),
    /async/,
  );
  let calls = 0;
  // biome-ignore lint/suspicious/noThenProperty: as lazy queries of databases have it
  const lazy = { then: (/** @type {(value: number) => void} */ done) => done(++calls) };
  assert.equal(await runTask("job", () => lazy), 1, "then() is called once");
  assert.equal(
    codeOf(() => runTask(/** @type {any} */ (undefined), () => {})),
    "ERR_ONESCOPE_SLOT_KIND",
  );
  const after = counters();
  assert.deepEqual([after.created - before.created, after.closed - before.closed], [5, 5]);
});

test("work inside a request names it as its parent, and is the innermost context", async () => {
  track();
  const { origin } = await serve(async (_request, response) => {
    const request = here();
    const context = createRequestContext({ requestSignal: null });
    await runWithRequestContext(context, async () => {
      assert.equal(here(), request, "vinext's context joined the request");
      await runTask("inner", async () => {
        const [inner] = inFlight({ label: "inner" });
        assert.deepEqual([inner.id, inner.parent], [here(), request]);
        const nested = createRequestContext({ requestSignal: null });
        runWithRequestContext(nested, () => assert.equal(here(), store.id(nested)));
        await sleep(1);
        assert.equal(here(), inner.id);
      });
      assert.equal(here(), request);
    });
    response.end("ok");
  });
  assert.equal(await (await fetch(`${origin}/parent`)).text(), "ok");
});

test("vinext's first context in a request joins it; others are parts of it", async () => {
  track();
  /** @type {any[]} */
  let facts = [];
  const { origin } = await serve(async (_request, response) => {
    const request = Number(here());
    const page = createRequestContext({ requestSignal: null });
    const regeneration = createRequestContext({ executionContext: null });
    runWithRequestContext(page, () => runWithRequestContext(regeneration, () => {}));
    const late = createRequestContext({ executionContext: null });
    facts = [request, store.id(page), store.state(request), regeneration, late];
    response.end();
    await sleep(1);
    runWithRequestContext(late, () => {});
  });
  await (await fetch(`${origin}/joined`)).text();
  const [request, joined, state, regeneration] = facts;
  assert.equal(joined, request);
  assert.deepEqual(state, { state: "active", kind: "appPage" });
  await until(
    () => store.state(request).state,
    (now) => now === "closed",
  );
  const parts = await until(
    () => inFlight({ label: "/joined" }),
    (list) => list.length === 2,
  );
  assert.deepEqual(
    parts.map(({ id, kind, parent, label }) => ({ id, kind, parent, label })),
    [regeneration, facts[4]].map((context) => ({
      id: store.id(context),
      kind: "regeneration",
      parent: request,
      label: "GET /joined",
    })),
  );
});
