import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "../_support/http.mjs";
import { startDiagnosticsApp } from "../_support/start-diagnostics-app.mjs";

// Hostile clients. Each spec checks what such a client gets, and that an honest one gets a response meanwhile.

const PLACES = 64;

describe("hostile clients", () => {
  /** @type {Awaited<ReturnType<typeof startDiagnosticsApp>>} */
  let server;
  /** @type {import("node:net").Socket[]} */
  const sockets = [];
  before(async () => {
    server = await startDiagnosticsApp({ watch: false });
  });
  after(async () => {
    for (const socket of sockets) socket.destroy();
    await server.stop();
  });

  async function open() {
    const socket = connect(Number(new URL(server.page).port), "127.0.0.1");
    sockets.push(socket);
    // One that is closed at once is no error here.
    socket.on("error", () => {});
    await new Promise((resolve) => socket.once("connect", resolve).once("close", resolve));
    return socket;
  }

  const closed = (/** @type {import("node:net").Socket} */ socket) =>
    new Promise((resolve) => (socket.closed ? resolve(undefined) : socket.once("close", resolve)));

  /**
   * @param {string | Buffer} text
   * @returns {Promise<string>} all that comes back until the server closes
   */
  async function send(text) {
    const socket = await open();
    let response = "";
    socket.setEncoding("latin1").on("data", (piece) => (response += piece));
    socket.write(text);
    await closed(socket);
    return response;
  }

  const honest = async () => assert.equal((await request(`${server.page}/livez`)).status, 200);

  for (const [name, text, status] of /** @type {Array<[string, string | Buffer, string]>} */ ([
    ["no HTTP", "hello\r\n\r\n", "400"],
    ["TLS", Buffer.from("16030100f4010000f00303", "hex"), "400"],
    ["zeros", Buffer.alloc(1000), "400"],
    ["a header without a colon", "GET / HTTP/1.1\r\nhost localhost\r\n\r\n", "400"],
    ["two hosts", "GET / HTTP/1.1\r\nhost: localhost\r\nhost: evil.example\r\n\r\n", "403"],
    ["no host", "GET / HTTP/1.1\r\n\r\n", "403"],
    ["another host in its address", "GET http://evil.example/ HTTP/1.1\r\nhost: localhost\r\n\r\n", "403"],
    ["two lengths", "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx", "400"],
    ["a body that never comes", "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n", "405"],
    ["a huge header", `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${"x".repeat(20_000)}\r\n\r\n`, "431"],
    ["a thousand headers", `GET / HTTP/1.1\r\nhost: localhost\r\n${"x: y\r\n".repeat(1000)}\r\n`, "431"],
    ["a huge address", `GET /${"x".repeat(70_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`, ""],
    ["a future HTTP", "GET / HTTP/3.0\r\nhost: localhost\r\n\r\n", ""],
    ["a tunnel", "CONNECT localhost:80 HTTP/1.1\r\nhost: localhost\r\n\r\n", "405"],
    [
      "an upgrade",
      "GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
      "200",
    ],
    ["a second request", "GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(2), "200"],
  ])) {
    test(`${name}: ${status || "closed"}`, async () => {
      const response = await send(text);
      if (status !== "") assert.match(response, new RegExp(`^HTTP/1.1 ${status} `));
      else assert.doesNotMatch(response, /^HTTP\/1.1 2/);
      assert.equal(response.split("HTTP/1.1 ").length, response === "" ? 1 : 2, "one response at most");
      await honest();
    });
  }

  test("what a client sends in its address does not come back as markup", async () => {
    const response = await request(`${server.page}/in-flight?%3Cscript%3E=1`);
    assert.deepEqual([response.status, response.headers["content-type"]], [400, "application/json"]);
  });

  test("idle clients block no others, and are closed one by one", async () => {
    const silent = await Promise.all(Array.from({ length: PLACES }, () => open()));
    let gone = 0;
    for (const socket of silent) socket.once("close", () => gone++);
    for (let n = 0; n < 5; n++) await honest();
    assert.ok(gone < 10, `${gone}`);
    const more = await Promise.all(Array.from({ length: 300 }, () => open()));
    await honest();
    const countClosed = () => more.filter((socket) => socket.closed).length + gone;
    for (let n = 0; n < 500 && countClosed() < 300; n++) await sleep(10);
    assert.ok(countClosed() >= 300, `${countClosed()} closed`);
    for (const socket of [...silent, ...more]) socket.destroy();
  });

  test("a client that sends a byte a second is closed after 5 s", async () => {
    const start = performance.now();
    const socket = await open();
    const text = "GET /livez HTTP/1.1\r\nhost: localhost\r\nx: and so on";
    const timer = setInterval(() => socket.write(text[socket.bytesWritten] ?? "x"), 200);
    // What comes back must be read for the end to be seen.
    socket.resume();
    await closed(socket);
    clearInterval(timer);
    const took = performance.now() - start;
    assert.ok(took > 4000 && took < 9500, `${took}`);
    await honest();
  });

  test("a hundred busy clients at once delay no other for long", async () => {
    let on = true;
    let responded = 0;
    const flood = async () => {
      while (on) {
        await request(`${server.page}/metrics`).then(
          () => responded++,
          () => sleep(1),
        );
      }
    };
    const floods = Array.from({ length: 100 }, flood);
    await sleep(500);
    let got = 0;
    for (let n = 0; n < 10; n++) {
      // One in the crowd cannot be distinguished from the others, so it may have to retry.
      for (let attempt = 0; attempt < 50; attempt++) {
        const status = await request(`${server.page}/livez`).then(
          ({ status }) => status,
          () => sleep(5, 0),
        );
        if (status === 200) {
          got++;
          break;
        }
      }
    }
    on = false;
    await Promise.all(floods);
    assert.equal(got, 10);
    assert.ok(responded > 10);
    await honest();
  });
});
