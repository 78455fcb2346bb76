import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { counters, inFlight, trackRequests } from "../../js/inspect.js";
import { store } from "../../js/store.js";
import { cleanups, here, over, seen, send, serve, track } from "../_support/tracked.mjs";
import { until } from "../_support/wait.mjs";

test("a request is a context from its headers until its response is over", async () => {
  track();
  /** @type {() => void} */
  let go = () => {};
  const { origin } = await serve(async (_request, response) => {
    await new Promise((resolve) => (go = () => resolve(undefined)));
    response.end("done");
  });
  const before = counters();
  const pending = fetch(`${origin}/life?secret=1#part`);
  const [found] = await until(
    () => inFlight({ label: "/life" }),
    (list) => list.length === 1,
  );
  assert.deepEqual(
    { ...found, id: 0, ageMs: 0, idleMs: 0 },
    {
      id: 0,
      label: "GET /life",
      kind: "other",
      state: "active",
      thread: found.thread,
      ageMs: 0,
      idleMs: 0,
      flags: [],
      parent: null,
      waiting: null,
    },
  );
  assert.equal(counters().inFlight - before.inFlight, 1);
  go();
  assert.equal(await (await pending).text(), "done");
  assert.deepEqual(await over("/life"), []);
  assert.equal(counters().closed - before.closed, 1);
  assert.equal(store.state(found.id).state, "closed");
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
      httpRequest({ port, agent, host: "127.0.0.1", path: "/alive" }, async (response) => {
        let text = "";
        for await (const piece of response) text += piece;
        resolve(text);
      })
        .on("error", reject)
        .end();
    });
  const ids = [await get(), await get(), await get()];
  assert.equal(new Set(ids).size, 3);
  assert.ok(
    ids.every((id) => /^\d+$/.test(String(id))),
    String(ids),
  );

  const head = "GET /first HTTP/1.1\r\nHost: x\r\n\r\n";
  const { socket, received } = await send(port, head);
  await until(received, (text) => text.includes("200 OK"));
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
  await until(good.received, (text) => text.includes("/pipe/3"));
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
    const pending = fetch(origin + path, { signal: abort.signal }).then((r) => r.text());
    await until(
      () => seen(path),
      (list) => list.length === 1,
    );
    abort.abort();
    await assert.rejects(pending);
    assert.deepEqual(await over(path), []);
  }
});

test("stop() leaves later requests alone, once no tracker is left", async () => {
  const { origin } = await serve((_request, response) => response.end(String(here())));
  const get = async () => (await fetch(`${origin}/stop`)).text();
  const [one, two] = [trackRequests(), trackRequests()];
  one.stop();
  one.stop();
  assert.match(await get(), /^\d+$/);
  two.stop();
  assert.equal(await get(), "undefined");
});
