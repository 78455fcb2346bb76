// A server whose requests are tracked, for specs, and helpers to inspect them.

import { once } from "node:events";
import { createServer } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { connect } from "node:net";
import { afterEach } from "node:test";
import { inFlight, trackRequests } from "../../js/inspect.js";
import { idOf } from "../../js/store/records.js";
import { currentContext } from "../../js/tracking/current-context.js";
import { until } from "./wait.mjs";

/** @type {Array<() => unknown>} */
export const cleanups = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** @param {import("node:http").RequestListener} [listener] */
export async function serve(listener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { server, port, origin: `http://127.0.0.1:${port}` };
}

/**
 * @param {(request: import("node:http2").Http2ServerRequest, response: import("node:http2").Http2ServerResponse) => unknown} listener
 * @returns {Promise<import("node:http2").ClientHttp2Session>} a client of the server
 */
export async function serveHttp2(listener) {
  const server = createHttp2Server(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  cleanups.push(() => {
    session.destroy();
    server.close();
  });
  return session;
}

export function track() {
  const handle = trackRequests();
  cleanups.push(() => handle.stop());
  return handle;
}

export const here = () => {
  const context = currentContext();
  return context === undefined ? undefined : idOf(context);
};

/** @param {string} part of the labels */
export const seen = (part) => inFlight({ label: part }).map((context) => context.label);

/** @param {string} part of the labels */
export const over = (part) =>
  until(
    () => seen(part),
    (labels) => labels.length === 0,
  );

/**
 * @param {number} port
 * @param {string} text raw requests
 */
export async function send(port, text) {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  cleanups.push(() => socket.destroy());
  let received = "";
  socket.setEncoding("latin1").on("data", (piece) => (received += piece));
  socket.write(text, "latin1");
  await once(socket, "connect");
  return { socket, received: () => received };
}
