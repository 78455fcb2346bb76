import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import { connect, createServer } from "node:net";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { backend } from "../../js/index.js";
import { counters, serve as diagnose, inFlight, runTask, trackRequests } from "../../js/inspect.js";
import { cleanups, serve, track } from "../_support/tracked.mjs";
import { until } from "../_support/wait.mjs";

const forever = () => new Promise(() => {});

/** A server that responds to nothing, until `release()`. */
async function slowServer() {
  /** @type {import("node:http").ServerResponse[]} */
  const responses = [];
  const { origin, port } = await serve((_, response) => responses.push(response));
  const received = () => responses.length;
  return {
    origin,
    port,
    received,
    release: () => responses.splice(0).forEach((response) => void response.end("slow")),
  };
}

/** A server that takes connections and says nothing. */
async function silentServer() {
  /** @type {import("node:net").Socket[]} */
  const sockets = [];
  const server = createServer((socket) => sockets.push(socket.on("error", () => {}))).listen(0);
  await once(server, "listening");
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { sockets, port: /** @type {import("node:net").AddressInfo} */ (server.address()).port };
}

/**
 * A server that runs a piece of work for each request, and responds when it is done.
 *
 * @param {Record<string, (rest: string) => unknown>} works by the first part of the path
 */
async function serveWorks(works) {
  const { origin } = await serve(async (request, response) => {
    const [, name, rest = ""] = /** @type {string} */ (request.url).split("/");
    await Promise.resolve(works[name](rest)).catch(() => {});
    response.end();
  });
  return {
    /** @param {string} path */
    request: (path) => void fetch(origin + path).catch(() => {}),
  };
}

/** @param {string} label of a request */
const waitOf = (label) => inFlight({ label }).map(({ waiting }) => waiting?.label ?? null)[0];

/** @param {string} label @param {string | null} expected */
const waitsFor = (label, expected) =>
  until(
    () => waitOf(label),
    (seen) => seen === expected,
  );

const connectTo = (/** @type {number} */ port, /** @type {string} */ host) => {
  const socket = connect(port, host).on("error", () => {});
  cleanups.push(() => socket.destroy());
  return once(socket, "data");
};

test("each of many requests is listed with what it waits for", async () => {
  track();
  const slow = await slowServer();
  const silent = await silentServer();
  const { request } = await serveWorks({
    fetch: (rest) => fetch(`${slow.origin}/${rest}?token=secret`),
    http: (rest) => new Promise((done) => get(`${slow.origin}/${rest}?token=secret`, done)),
    tcp: (rest) => connectTo(silent.port, `127.0.0.${rest}`),
    task: (rest) => runTask(`task ${rest}`, forever),
    inside: (rest) => runTask(`task ${rest}`, () => fetch(`${slow.origin}/${rest}`)),
    nothing: forever,
  });
  const expected = new Map();
  for (const number of [2, 3, 4, 5]) {
    const host = `127.0.0.1:${slow.port}`;
    expected.set(`GET /fetch/f${number}`, `GET ${host}/f${number}`);
    expected.set(`GET /http/h${number}`, `GET ${host}/h${number}`);
    expected.set(`GET /tcp/${number}`, `tcp 127.0.0.${number}:${silent.port}`);
    expected.set(`GET /task/t${number}`, `task t${number}`);
    expected.set(`GET /inside/i${number}`, `GET ${host}/i${number}`);
    expected.set(`GET /nothing/n${number}`, null);
  }
  for (const label of expected.keys()) request(label.slice("GET ".length));
  const list = () => new Map([...expected.keys()].map((label) => [label, waitOf(label)]));
  const same = (/** @type {Map<string, unknown>} */ seen) =>
    [...expected].every(([label, wait]) => seen.get(label) === wait);
  assert.deepEqual(await until(list, same), expected);
  assert.deepEqual(
    inFlight({ waiting: "/h3", limit: 1 }).map(({ label }) => label),
    ["GET /http/h3"],
  );
  const [{ waiting, ageMs }] = inFlight({ label: "/tcp/3" });
  assert.ok(waiting !== null && waiting.ms <= ageMs, JSON.stringify({ waiting, ageMs }));
  slow.release();
});

test("what is over is not waited for", async () => {
  track();
  const slow = await slowServer();
  const silent = await silentServer();
  const refused = await silentServer();
  cleanups.splice(-1).forEach((close) => void close());
  const aborter = new AbortController();
  const { request } = await serveWorks({
    fetch: async () => {
      await (await fetch(`${slow.origin}/fetch`)).text();
      await forever();
    },
    http: async () => {
      await new Promise((done) => get(`${slow.origin}/http`, (response) => response.resume().on("end", done)));
      await forever();
    },
    refused: async () => {
      await fetch(`http://127.0.0.1:${refused.port}/refused`).catch(() => {});
      await forever();
    },
    aborted: async () => {
      await fetch(`${slow.origin}/aborted`, { signal: aborter.signal }).catch(() => {});
      await forever();
    },
    tcp: async () => {
      await connectTo(silent.port, "127.0.0.1");
      await forever();
    },
    exec: async () => {
      const child = execFile(process.execPath, ["-e", "process.stdin.resume()"]);
      child.stdin?.end();
      await once(child, "close");
      await forever();
    },
  });
  const host = `127.0.0.1:${slow.port}`;
  const waits = {
    fetch: `GET ${host}/fetch`,
    http: `GET ${host}/http`,
    aborted: `GET ${host}/aborted`,
    tcp: `tcp 127.0.0.1:${silent.port}`,
  };
  for (const [name, wait] of Object.entries(waits)) {
    request(`/${name}`);
    assert.equal(await waitsFor(`GET /${name}`, wait), wait);
  }
  aborter.abort();
  slow.release();
  await until(
    () => silent.sockets.length,
    (count) => count === 1,
  );
  silent.sockets[0].write("said");
  for (const name of Object.keys(waits)) assert.equal(await waitsFor(`GET /${name}`, null), null, name);
  for (const name of ["refused", "exec"]) request(`/${name}`);
  for (const name of ["refused", "exec"]) {
    await until(
      () => inFlight({ label: `/${name}` }).length,
      (count) => count === 1,
    );
    assert.equal(await waitsFor(`GET /${name}`, null), null, name);
  }
});

test("a child process is waited for by its name", async () => {
  track();
  const { request } = await serveWorks({
    exec: () => {
      const child = execFile(process.execPath, ["-e", "process.stdin.resume()"]);
      cleanups.push(() => child.kill());
      return once(child, "close");
    },
  });
  request("/exec");
  assert.equal(await waitsFor("GET /exec", "exec node"), "exec node");
});

test("paths of outgoing requests are hidden with those of incoming ones", async () => {
  const handle = trackRequests({ labelPaths: "hide" });
  cleanups.push(() => handle.stop());
  const slow = await slowServer();
  const { request } = await serveWorks({ fetch: () => fetch(`${slow.origin}/secret`) });
  request("/fetch");
  const list = () => inFlight({ waiting: String(slow.port) }).map(({ waiting }) => waiting?.label);
  assert.deepEqual(await until(list, ({ length }) => length === 1), [`GET 127.0.0.1:${slow.port}`]);
  slow.release();
});

test("outgoing work counts neither as a request nor as a child context, nor as what the thread entered last", async () => {
  track();
  const slow = await slowServer();
  const before = counters();
  await runTask("counted", async () => {
    const response = fetch(`${slow.origin}/counted`);
    await until(slow.received, (count) => count === 1);
    assert.equal(waitOf("counted"), `GET 127.0.0.1:${slow.port}/counted`);
    const during = counters();
    assert.equal(during.children, before.children);
    assert.equal(during.byKind.outgoing, undefined);
    // The task, and the request that this process gets.
    assert.equal(during.created, before.created + 2);
    slow.release();
    await (await response).text();
  });
});

test("metrics count calls by target, and not the connections that they are made over", {
  skip: backend !== "native",
}, async () => {
  track();
  const slow = await slowServer();
  const diagnostics = diagnose({ port: 0 });
  cleanups.push(() => diagnostics.stop());
  const metrics = async () => {
    const response = await fetch(new URL("/metrics", String(diagnostics.url)));
    const line = `onescope_outgoing_in_flight{target="127.0.0.1:${slow.port}"} `;
    return (await response.text())
      .split("\n")
      .find((each) => each.startsWith(line))
      ?.slice(line.length);
  };
  await runTask("counted by target", async () => {
    const calls = [
      fetch(`${slow.origin}/a`).then((response) => response.text()),
      new Promise((done) => get(`${slow.origin}/b`, (response) => response.resume().on("end", done))),
    ];
    await until(slow.received, (count) => count === 2);
    assert.equal(await metrics(), "2");
    slow.release();
    await Promise.all(calls);
    assert.equal(await until(metrics, (count) => count === undefined), undefined);
  });
});

test("a channel that a program publishes in itself does no harm", async () => {
  track();
  const { channel } = await import("node:diagnostics_channel");
  const names = ["http.client.request.start", "undici:request:create", "net.client.socket", "child_process"];
  await runTask("publisher", async () => {
    for (const name of [...names, "tracing:mysql2:query:start", "tracing:ioredis:command:asyncStart"]) {
      for (const message of [undefined, null, 5, {}, { request: {} }, { socket: 1 }, { process: null }])
        channel(name).publish(message);
    }
    await setImmediate();
  });
});
