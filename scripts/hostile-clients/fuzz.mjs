// Requests that are almost right: good ones with a few random changes.

import { randomFrom } from "../../__test__/parity/random.mjs";
import { TOKEN } from "./token.mjs";

const BEARER = `authorization: Bearer ${TOKEN}`;
const BASIC = `authorization: Basic ${btoa(`prometheus:${TOKEN}`)}`;

const SEEDS = [
  `GET /metrics HTTP/1.1\r\nhost: localhost\r\n${BEARER}\r\n\r\n`,
  `GET /in-flight?limit=10&label=%20a&state=active&thread=0 HTTP/1.1\r\nhost: 127.0.0.1:9464\r\n${BEARER}\r\n\r\n`,
  `HEAD /livez HTTP/1.0\r\nhost: [::1]:1\r\nconnection: keep-alive\r\n${BEARER}\r\n\r\n`,
  `GET /stalls HTTP/1.1\r\nhost: localhost\r\n${BASIC}\r\nsec-fetch-site: same-origin\r\n\r\n`,
  `POST / HTTP/1.1\r\nhost: localhost\r\n${BASIC}\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
  `GET http://localhost/counters HTTP/1.1\r\nhost: localhost\r\n${BASIC}\r\nauthorization: Bearer x\r\n\r\n`,
].map((text) => Buffer.from(text, "latin1"));

/** Input that breaks parsers. */
const PIECES = [
  "\r\n",
  "\n",
  "\r",
  "\0",
  ":",
  " ",
  "%",
  "%zz",
  "%00",
  "[",
  "]",
  "\xff",
  "-1",
  "18446744073709551616",
  "chunked",
];

/**
 * @param {...(string | number)} seed equal seeds give equal requests
 * @returns {() => Buffer} makes the next request, with one to five changes
 */
export function mutator(...seed) {
  const next = randomFrom("fuzz", ...seed);
  const random = (/** @type {number} */ below) => Math.floor(next() * below);
  const pick = (/** @type {any[]} */ list) => list[random(list.length)];
  const twoPlaces = (/** @type {Buffer} */ text) => [random(text.length), random(text.length)].sort((a, b) => a - b);

  /** @type {Array<(text: Buffer) => Buffer>} */
  const changes = [
    (text) => {
      const copy = Buffer.from(text);
      copy[random(copy.length)] ^= 1 << random(8);
      return copy;
    },
    (text) => text.subarray(0, random(text.length) + 1),
    (text) => {
      const at = random(text.length);
      return Buffer.concat([text.subarray(0, at), Buffer.from(pick(PIECES), "latin1"), text.subarray(at)]);
    },
    (text) => {
      const [from, to] = twoPlaces(text);
      return Buffer.concat([text.subarray(0, to), text.subarray(from)]);
    },
    (text) => {
      const [from, to] = twoPlaces(text);
      return Buffer.concat([text.subarray(0, from), text.subarray(to), Buffer.from("\r\n\r\n")]);
    },
    (text) => Buffer.concat([text, pick(SEEDS)]),
  ];

  return () => {
    let text = pick(SEEDS);
    for (let left = 1 + random(5); left > 0; left--) text = pick(changes)(text);
    return text.length === 0 ? Buffer.from("\0") : text;
  };
}
