import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, request as ask, createServer } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { connect } from "node:net";
import { afterEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { handleOf } from "../js/context/cells.js";
import { currentContext } from "../js/inspect/current.js";
import { HttpRequest } from "../js/inspect/http-request.js";
import { counters, inflight, label, trackRequests, with as withLabel } from "../js/inspect.js";
import { store } from "../js/store.js";
import { createRequestContext, runWithRequestContext } from "../shims/unified-request-context.js";
import { codeOf } from "./_support/eventually.mjs";
import { until } from "./_support/until.mjs";

/** @type {Array<() => unknown>} */
const cleanups = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** @param {import("node:http").RequestListener} [listener] */
async function serve(listener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { server, port, origin: `http://127.0.0.1:${port}` };
}

function track() {
  const handle = trackRequests();
  cleanups.push(() => handle.stop());
  return handle;
}

const here = () => {
  const context = currentContext();
  return context === undefined ? undefined : handleOf(context);
};

/** @param {string} part of the labels */
const seen = (part) => inflight({ label: part }).map((context) => context.label);

/** @param {string} part of the labels */
const over = (part) =>
  until(
    () => seen(part),
    (labels) => labels.length === 0,
  );

/**
 * @param {number} port
 * @param {string} text raw requests
 */
async function send(port, text) {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  cleanups.push(() => socket.destroy());
  let answer = "";
  socket.setEncoding("latin1").on("data", (piece) => (answer += piece));
  socket.write(text, "latin1");
  await once(socket, "connect");
  return { socket, answer: () => answer };
}

test("a request is a context from its headers until its response is over", async () => {
  track();
  /** @type {() => void} */
  let go = () => {};
  const { origin } = await serve(async (_request, response) => {
    await new Promise((resolve) => (go = () => resolve(undefined)));
    response.end("done");
  });
  const before = counters();
  const answer = fetch(`${origin}/life?secret=1#part`);
  const [found] = await until(
    () => inflight({ label: "/life" }),
    (list) => list.length === 1,
  );
  assert.deepEqual(
    { ...found, seq: 0, ageMs: 0, idleMs: 0 },
    {
      seq: 0,
      label: "GET /life",
      kind: "other",
      state: "active",
      thread: found.thread,
      ageMs: 0,
      idleMs: 0,
      flags: [],
      parent: null,
    },
  );
  assert.equal(counters().inFlight - before.inFlight, 1);
  go();
  assert.equal(await (await answer).text(), "done");
  assert.deepEqual(await over("/life"), []);
  assert.equal(counters().closed - before.closed, 1);
  assert.equal(store.state(found.seq).state, "closed");
});

test("all that a request does sees it, and nothing else", async () => {
  track();
  const sightings = /** @type {Record<string, unknown[]>} */ ({});
  const { origin } = await serve((request, response) => {
    const all = (sightings[request.url ?? ""] = [here()]);
    const note = () => all.push(here());
    request.on("data", note);
    request.on("end", () => {
      note();
      queueMicrotask(note);
      setTimeout(async () => {
        note();
        await sleep(1);
        note();
        response.end();
      }, 1);
    });
  });
  const paths = ["/a", "/b", "/c"];
  await Promise.all(paths.map((path) => fetch(origin + path, { method: "POST", body: "text" }).then((r) => r.text())));
  for (const path of paths) {
    assert.equal(sightings[path].length, 6, path);
    assert.equal(new Set(sightings[path]).size, 1, `${path} saw ${sightings[path]}`);
    assert.equal(typeof sightings[path][0], "number");
  }
  assert.equal(new Set(paths.map((path) => sightings[path][0])).size, 3);
  assert.equal(here(), undefined);
});

test("requests of one connection follow each other without a trace", async () => {
  track();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  cleanups.push(() => agent.destroy());
  const { server, port } = await serve((_request, response) => response.end(String(here())));
  /** @type {unknown[]} */
  const outside = [];
  server.on("upgrade", (_request, socket) => {
    outside.push(here());
    socket.on("error", () => {});
    socket.end("HTTP/1.1 400 No\r\n\r\n");
  });
  const get = () =>
    new Promise((resolve, reject) => {
      ask({ port, agent, host: "127.0.0.1", path: "/alive" }, async (response) => {
        let text = "";
        for await (const piece of response) text += piece;
        resolve(text);
      })
        .on("error", reject)
        .end();
    });
  const answers = [await get(), await get(), await get()];
  assert.equal(new Set(answers).size, 3);
  assert.ok(
    answers.every((answer) => /^\d+$/.test(String(answer))),
    String(answers),
  );

  const head = "GET /first HTTP/1.1\r\nHost: x\r\n\r\n";
  const { socket, answer } = await send(port, head);
  await until(answer, (text) => text.includes("200 OK"));
  await over("/first");
  socket.write("GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  await until(
    () => outside,
    (list) => list.length === 1,
  );
  assert.deepEqual(outside, [undefined], "an upgraded connection is no part of the request before it");
});

test("pipelined requests are contexts of their own, and end with their connection", async () => {
  track();
  const { port } = await serve(async (request, response) => {
    if (request.url === "/pipe/never") return;
    await sleep(5);
    response.end(request.url);
  });
  const pipeline = (/** @type {string[]} */ ...paths) =>
    paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join("");
  const good = await send(port, pipeline("/pipe/1", "/pipe/2", "/pipe/3"));
  await until(good.answer, (text) => text.includes("/pipe/3"));
  assert.deepEqual(await over("/pipe/"), []);
  const { socket } = await send(port, pipeline("/pipe/4", "/pipe/never", "/pipe/5", "/pipe/6"));
  const waiting = ["GET /pipe/never", "GET /pipe/5", "GET /pipe/6"];
  assert.deepEqual(
    (
      await until(
        () => seen("/pipe/"),
        (list) => list.length === 3,
      )
    ).sort(),
    waiting.sort(),
  );
  await sleep(30);
  assert.equal(seen("/pipe/").length, 3, "what waits for its turn is in flight");
  socket.destroy();
  assert.deepEqual(await over("/pipe/"), []);
});

test("streams of HTTP/2 are requests, whether they end well or not", async () => {
  track();
  /** @type {unknown[]} */
  const sights = [];
  const server = createHttp2Server(async (request, response) => {
    sights.push(here());
    if (request.url === "/two/never") return;
    let body = "";
    request.on("data", (piece) => {
      sights.push(here());
      body += piece;
    });
    await once(request, "end");
    setTimeout(() => response.end(`${store.label(Number(here()))} ${body}`), 1);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connectHttp2(`http://127.0.0.1:${/** @type {any} */ (server.address()).port}`);
  cleanups.push(() => server.close());
  cleanups.push(() => client.destroy());
  const post = client.request({ ":path": "/two/post?secret", ":method": "POST" });
  let text = "";
  post.setEncoding("utf8").on("data", (piece) => (text += piece));
  post.end("body");
  await once(post, "end");
  assert.equal(text, "POST /two/post body");
  assert.deepEqual(await over("/two/post"), []);
  assert.equal(new Set(sights).size, 1, String(sights));
  const never = client.request({ ":path": "/two/never" });
  never.on("error", () => {});
  assert.deepEqual(
    await until(
      () => seen("/two/"),
      (list) => list.length === 1,
    ),
    ["GET /two/never"],
  );
  never.close(8);
  assert.deepEqual(await over("/two/"), []);
});

test("a request that its client gives up is over", async () => {
  track();
  const { origin } = await serve((request, response) => {
    if (request.url === "/gone/half") response.write("half");
  });
  for (const path of ["/gone/silent", "/gone/half"]) {
    const abort = new AbortController();
    const answer = fetch(origin + path, { signal: abort.signal }).then((r) => r.text());
    await until(
      () => seen(path),
      (list) => list.length === 1,
    );
    abort.abort();
    await assert.rejects(answer);
    assert.deepEqual(await over(path), []);
  }
});

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
    const { socket, answer } = await send(port, `GET ${target} HTTP/1.1\r\nHost: x\r\nCookie: secret\r\n\r\n`);
    const text = await until(answer, (given) => given.includes("\r\n\r\n"));
    socket.destroy();
    assert.match(text, /200 OK/, target);
    assert.equal(labels.pop(), expected);
  }
  const { socket, answer } = await send(port, "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n");
  await until(answer, (given) => given.includes("\r\n\r\n"));
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
    assert.equal(store.label(Number(handleOf(request))), expected);
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
  assert.equal(store.label(Number(store.handle(context))), "by vinext's context");
});

test("with() is a context until its result settles", async () => {
  const before = counters();
  /** @type {Array<number | undefined>} */
  const handles = [];
  const result = withLabel("job", async () => {
    handles.push(here());
    await sleep(1);
    assert.equal(here(), handles[0]);
    withLabel("part", () => handles.push(here()));
    assert.equal(here(), handles[0]);
    return "result";
  });
  assert.equal(here(), undefined);
  const [job] = inflight({ label: "job" });
  assert.deepEqual([job.seq, job.kind, job.parent, job.state], [handles[0], "other", null, "active"]);
  assert.equal(await result, "result");
  assert.deepEqual(seen("job"), []);
  assert.equal(store.state(Number(handles[1])).state, "closed");
  assert.throws(() => withLabel("job", () => assert.fail("sync")), /sync/);
  await assert.rejects(
    withLabel("job", async () => assert.fail("async")),
    /async/,
  );
  let calls = 0;
  // biome-ignore lint/suspicious/noThenProperty: as lazy queries of databases have it
  const lazy = { then: (/** @type {(value: number) => void} */ done) => done(++calls) };
  assert.equal(await withLabel("job", () => lazy), 1, "what has a then is asked once");
  assert.equal(
    codeOf(() => withLabel(/** @type {any} */ (undefined), () => {})),
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
      await withLabel("inner", async () => {
        const [inner] = inflight({ label: "inner" });
        assert.deepEqual([inner.seq, inner.parent], [here(), request]);
        const nested = createRequestContext({ requestSignal: null });
        runWithRequestContext(nested, () => assert.equal(here(), store.handle(nested)));
        await sleep(1);
        assert.equal(here(), inner.seq);
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
    facts = [request, store.handle(page), store.state(request), regeneration, late];
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
    () => inflight({ label: "/joined" }),
    (list) => list.length === 2,
  );
  assert.deepEqual(
    parts.map(({ seq, kind, parent, label }) => ({ seq, kind, parent, label })),
    [regeneration, facts[4]].map((context) => ({
      seq: store.handle(context),
      kind: "regeneration",
      parent: request,
      label: "GET /joined",
    })),
  );
});

test("stop() leaves later requests alone, once nobody tracks any more", async () => {
  const { origin } = await serve((_request, response) => response.end(String(here())));
  const get = async () => (await fetch(`${origin}/stop`)).text();
  const [one, two] = [trackRequests(), trackRequests()];
  one.stop();
  one.stop();
  assert.match(await get(), /^\d+$/);
  two.stop();
  assert.equal(await get(), "undefined");
});
