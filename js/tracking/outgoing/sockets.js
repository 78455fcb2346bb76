import { shared } from "../../util/shared.js";
import { begin, end, name } from "./work.js";

/** @import { Socket } from "node:net" */
/** @import { OutgoingWork } from "./work.js" */

// Connections of `node:net`, until the other side has sent something. What is asked over a connection that is kept is not seen.

/** @type {Map<Socket, OutgoingWork>} of this thread, whose other sides have sent nothing yet */
const silent = shared("silent-sockets", () => new Map());

/** Connections that are followed at the same time. */
const MOST = 1000;

/** @this {Socket} */
function onClose() {
  end(silent.get(this));
  silent.delete(this);
}

/** @param {{ socket: Socket }} message */
function onSocket({ socket }) {
  if (silent.size >= MOST) return;
  const work = begin();
  if (work === undefined) return;
  silent.set(socket, work);
  name(work, "connect");
  /** @type {string | undefined} */
  let host;
  socket.once("lookup", (_error, _address, _family, looked) => {
    host = looked;
  });
  socket.once("connectionAttempt", (address, port) => name(work, `tcp ${host ?? address}:${port}`));
  socket.once("close", onClose);
}

/**
 * Ends the work of a connection, if it has some.
 *
 * @param {Socket} socket
 */
export function answered(socket) {
  end(silent.get(socket));
  if (silent.delete(socket)) socket.off("close", onClose);
}

/** Ends the work of connections whose other sides have sent something: Node reports of it only to those who read. */
export function checkSockets() {
  for (const socket of silent.keys()) if (socket.bytesRead > 0) answered(socket);
}

/** By name of Node's channel. */
export const begins = { "net.client.socket": onSocket };
