// Bodies that are made after the handler has returned, and work that waits for their end.

/** @typedef {import("../client.mjs").Client} Client */

/**
 * @param {Client} client
 * @param {string} label
 * @param {...string} entries that the log must have
 */
function log(client, label, ...entries) {
  const complete = ({ body }) => entries.every((entry) => body.includes(entry));
  return client.until(label, `/api/log?of=${client.id}`, complete, { bare: true });
}

/**
 * @param {Client} client
 * @param {string} text precedes the number of each piece
 * @returns {Array<[string, string]>} opens the gate before each piece once the one before it has arrived
 */
const gates = (client, text, first) => [
  [first, `${client.id} 1`],
  [`${text} 1 of`, `${client.id} 2`],
  [`${text} 2 of`, `${client.id} 3`],
];

export const streams = {
  "streamed page": async (/** @type {Client} */ client) => {
    await client.send("read to its end", "/stream", { gates: gates(client, "part", "waiting for 3") });
  },

  "streamed page, cancelled": async (/** @type {Client} */ client) => {
    const opened = gates(client, "part", "waiting for 3").slice(0, 1);
    await client.send("cancelled", "/stream", { gates: opened, hangUpAfter: "part 1 of" });
    await client.send("the next", "/page-state");
  },

  "streamed route handler": async (/** @type {Client} */ client) => {
    await client.send("read to its end", "/api/stream", { gates: gates(client, "piece", "piece 0 of") });
    await log(client, "log", "stream: after");
  },

  "streamed route handler, cancelled": async (/** @type {Client} */ client) => {
    const opened = gates(client, "piece", "piece 0 of").slice(0, 1);
    await client.send("cancelled", "/api/stream", { gates: opened, hangUpAfter: "piece 1 of" });
    await log(client, "log", "stream: cancelled", "stream: after");
  },

  "streamed route handler, never read": async (/** @type {Client} */ client) => {
    await client.send("head", "/api/stream", { method: "HEAD" });
    await log(client, "log", "stream: after");
  },

  "after a page": async (/** @type {Client} */ client) => {
    await client.send("page", "/after");
    await log(client, "log", "page: done");
  },

  "after a route handler": async (/** @type {Client} */ client) => {
    await client.send("handler", "/api/after");
    await log(client, "log", "promise: done", "nested");
  },
};
