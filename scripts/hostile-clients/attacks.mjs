// Attacks on a server. Each continues until its signal aborts, and then leaves nothing behind.

import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { randomFrom } from "../../__test__/parity/random.mjs";
import { mutator } from "./fuzz.mjs";
import { TOKEN } from "./token.mjs";

const GET = (/** @type {string} */ path) =>
  `GET ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${TOKEN}\r\n\r\n`;
const HEAVY = ["/metrics", "/counters", "/in-flight?limit=500", "/stalls", "/leaks", "/eventloop", "/"];

/** @typedef {{ port: number, signal: AbortSignal, seed: string }} Target `seed`: seed of this attacker's random choices */
/** @typedef {{ sent: number, responses: number }} Tally */

/**
 * @param {number} ms
 * @param {Target} target
 */
const sleep = (ms, { signal }) => wait(ms, undefined, { signal }).catch(() => {});

/**
 * Opens a connection and writes to it.
 *
 * @param {Target} target
 * @param {string | Buffer} text
 */
function open({ port, signal }, text = "") {
  const socket = connect(port, "127.0.0.1");
  const end = () => socket.destroy();
  signal.addEventListener("abort", end, { once: true });
  socket.on("error", () => {});
  socket.once("close", () => signal.removeEventListener("abort", end));
  if (text.length > 0) socket.write(text);
  return socket;
}

/**
 * @param {import("node:net").Socket} socket
 * @returns {Promise<void>} settles when it is closed, also by an error
 */
function closed(socket) {
  return new Promise((resolve) => void socket.once("close", () => resolve()));
}

/**
 * Sends a text, reads what comes back, and waits for the end.
 *
 * @param {Target} target
 * @param {string | Buffer} text
 * @param {Tally} tally
 */
async function exchange(target, text, tally) {
  const socket = open(target, text);
  tally.sent++;
  socket.once("data", () => tally.responses++);
  socket.resume();
  // The server waits for the rest of an unfinished request until its time limit.
  await Promise.race([closed(socket), sleep(50, target)]);
  socket.destroy();
}

/** @type {Record<string, { at: number, attack: (target: Target, tally: Tally) => Promise<unknown> }>} `at` once */
export const ATTACKS = {
  flood: {
    at: 16,
    async attack(target, tally) {
      for (const path of cycle(HEAVY, target)) await exchange(target, GET(path), tally);
    },
  },
  fuzz: {
    at: 8,
    async attack(target, tally) {
      const mutate = mutator(target.seed);
      while (!target.signal.aborted) await exchange(target, mutate(), tally);
    },
  },
  huge: {
    at: 2,
    async attack(target, tally) {
      const texts = [
        `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${"x".repeat(2 ** 20)}\r\n\r\n`,
        `GET /${"x".repeat(2 ** 20)} HTTP/1.1\r\nhost: localhost\r\n\r\n`,
        `POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99999999999\r\n\r\n${"x".repeat(2 ** 20)}`,
        `GET / HTTP/1.1\r\nhost: localhost\r\n${"x: y\r\n".repeat(2 ** 16)}\r\n`,
      ];
      for (const text of cycle(texts, target)) await exchange(target, text, tally);
    },
  },
  silent: {
    at: 40,
    async attack(target, tally) {
      while (!target.signal.aborted) {
        tally.sent++;
        await closed(open(target));
      }
    },
  },
  slow: {
    at: 40,
    async attack(target, tally) {
      while (!target.signal.aborted) {
        const socket = open(target);
        tally.sent++;
        for (const byte of GET("/metrics").slice(0, -1)) {
          if (socket.closed) break;
          socket.write(byte);
          await sleep(100, target);
        }
        socket.destroy();
      }
    },
  },
  deaf: {
    at: 20,
    async attack(target, tally) {
      while (!target.signal.aborted) {
        const socket = open(target, GET("/metrics")).pause();
        tally.sent++;
        // A paused socket gets no end event.
        await sleep(2000, target);
        socket.destroy();
      }
    },
  },
  fleeting: {
    at: 4,
    async attack(target, tally) {
      while (!target.signal.aborted) {
        const socket = open(target, GET("/counters"));
        tally.sent++;
        await Promise.race([new Promise((resolve) => socket.once("connect", resolve)), closed(socket)]);
        socket.destroy();
      }
    },
  },
};

/**
 * @template T
 * @param {T[]} items
 * @param {Target} target
 */
function* cycle(items, { signal, seed }) {
  for (let n = Math.floor(randomFrom(seed)() * items.length); !signal.aborted; n++) yield items[n % items.length];
}
