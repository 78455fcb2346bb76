import assert from "node:assert/strict";
import { channel } from "node:diagnostics_channel";
import { EventEmitter, once } from "node:events";
import { createServer, IncomingMessage } from "node:http";
import { describe, test } from "node:test";
import { whenServing } from "../../js/auto/serving.js";
import { openRequests } from "../../js/tracking/open-requests.js";
import { cleanups, here, over, seen, send, serve, track } from "../_support/tracked.mjs";
import { until } from "../_support/wait.mjs";

// What a program may do to the objects of its requests. An exception in a subscriber of a diagnostics channel is uncaught.

/** Responds with the body, and whether it came in the request. @type {import("node:http").RequestListener} */
const echo = (request, response) => {
  const at = here();
  let body = "";
  request
    .on("data", (piece) => (body += piece))
    .on("end", () => response.end(`${body} ${at !== undefined && at === here()}`));
};

/** @param {string} origin */
const post = async (origin) => (await fetch(`${origin}/altered`, { method: "POST", body: "text" })).text();

/**
 * @param {typeof IncomingMessage} IncomingMessage
 * @param {import("node:http").RequestListener} [listener]
 */
async function serveWith(IncomingMessage, listener = echo) {
  const server = createServer({ IncomingMessage }, listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => server.close());
  return `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;
}

describe("a request is tracked, and stays as it is", () => {
  test("where emit is read-only", async () => {
    track();
    const { origin } = await serve(echo);
    const { prototype } = EventEmitter;
    const own = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(prototype, "emit"));
    Object.defineProperty(prototype, "emit", { ...own, writable: false });
    cleanups.push(() => Object.defineProperty(prototype, "emit", own));
    assert.equal(await post(origin), "text true");
  });

  test("where emit has only a getter", async () => {
    track();
    class Request extends IncomingMessage {
      // @ts-expect-error: it is a method
      get emit() {
        return super.emit;
      }
    }
    assert.equal(await post(await serveWith(Request)), "text true");
  });

  test("where the server cannot be extended, or tells no listeners", async () => {
    track();
    const [first, second] = [await serve(echo), await serve(echo)];
    Object.preventExtensions(first.server);
    second.server.listeners = /** @type {any} */ (() => undefined);
    for (const { origin } of [first, second]) assert.equal(await post(origin), "text true");
  });

  test("without properties that others see", async () => {
    track();
    const keys = /** @type {Record<string, PropertyKey[]>} */ ({});
    const note = (/** @type {string} */ name, /** @type {object} */ object) => {
      keys[name] = [...Object.keys(object), ...Object.getOwnPropertySymbols(object)].filter((key) =>
        /^emit$|onescope/.test(String(key)),
      );
      keys[name] = keys[name].filter((key) => Object.getOwnPropertyDescriptor(object, key)?.enumerable);
    };
    const { server, origin } = await serve((request, response) => {
      note("request", request);
      note("socket", request.socket);
      note("server", server);
      echo(request, response);
    });
    await post(origin);
    assert.deepEqual(keys, { request: [], socket: [], server: [] });
  });
});

test("what others publish in Node's channels does no harm, and one warning says so", async () => {
  whenServing(() => {});
  track();
  /** @type {string[]} */
  const warnings = [];
  const onWarning = (/** @type {Error} */ { message }) => void warnings.push(message);
  process.on("warning", onWarning);
  cleanups.push(() => process.off("warning", onWarning));
  const message = { request: {}, response: {}, socket: {}, server: {}, stream: {}, headers: {} };
  for (const made of [
    message,
    { ...message, socket: Object.freeze({}), stream: Object.freeze({ id: 1 }) },
    {},
    undefined,
  ]) {
    for (const name of ["http.server.request.start", "http.server.response.finish", "http2.server.stream.start"])
      channel(name).publish(made);
    channel("http2.server.stream.close").publish(made);
    for (const name of ["tracing:net.server.listen:asyncEnd", "fastify.initialization"]) channel(name).publish(made);
  }
  await until(
    () => warnings,
    ({ length }) => length > 0,
  );
  assert.equal(warnings.length, 1, String(warnings));
  assert.match(warnings[0], /^onescope's trackRequests\(\) cannot follow every request of this program: TypeError: /);
});

test("connections whose listeners the program removes are not kept", async () => {
  track();
  const { server, port } = await serve((request, response) => {
    if (request.url === "/kept/hang") request.socket.removeAllListeners("close");
    else response.end("ok");
  });
  server.on("upgrade", (_request, socket) => {
    socket.removeAllListeners().on("error", () => {});
    socket.end("HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
  });
  const before = openRequests.size;
  for (let count = 0; count < 20; count++) {
    const { socket, received } = await send(port, "GET /kept HTTP/1.1\r\nHost: x\r\n\r\n");
    await until(received, (text) => text.includes("200 OK"));
    socket.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
    await until(received, (text) => text.includes("101 X"));
  }
  await over("/kept");
  assert.equal(openRequests.size, before);
  const { socket } = await send(port, "GET /kept/hang HTTP/1.1\r\nHost: x\r\n\r\n");
  await until(
    () => seen("/kept/hang"),
    ({ length }) => length === 1,
  );
  assert.equal(openRequests.size, before + 1);
  socket.destroy();
  const left = await until(
    () => [seen("/kept/hang"), openRequests.size],
    ([, size]) => size === before,
  );
  assert.equal(left[1], before);
});
