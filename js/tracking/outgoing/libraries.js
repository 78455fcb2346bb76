import { begin, end, name } from "./work.js";

/** @import { OutgoingWork } from "./work.js" */

// Libraries that publish what they do in tracing channels of Node. Of what they publish only the verb and the server are read.

/**
 * @typedef {object} Published what the libraries below have in common
 * @property {string} [command] of Redis
 * @property {string} [query] of SQL; only its first word is kept
 * @property {{ text?: string }} [pg]
 * @property {string} [operation] of mongoose
 * @property {string} [serverAddress]
 * @property {number} [serverPort]
 */

/** @type {Record<string, (published: Published) => string>} by name of the tracing channel: the verb */
const VERBS = {
  "mysql2:query": ({ query }) => `mysql ${firstWord(query)}`,
  "mysql2:execute": ({ query }) => `mysql ${firstWord(query)}`,
  "mysql2:connect": () => "mysql connect",
  "mysql2:pool:connect": () => "mysql connect",
  "ioredis:command": ({ command }) => `redis ${firstWord(command)}`,
  "ioredis:connect": () => "redis connect",
  "node-redis:command": ({ command }) => `redis ${firstWord(command)}`,
  "node-redis:connect": () => "redis connect",
};

/** @param {unknown} text */
function firstWord(text) {
  return /^\s*(\w{1,24})/.exec(String(text))?.[1] ?? "";
}

/** @type {WeakMap<Published, OutgoingWork>} */
const open = new WeakMap();

/**
 * @param {(published: Published) => string} verb
 * @returns {(published: Published) => void}
 */
function starts(verb) {
  return (published) => {
    const work = begin();
    if (work === undefined) return;
    open.set(published, work);
    const { serverAddress, serverPort } = published;
    const server = [serverAddress, serverPort].filter((part) => part !== undefined).join(":");
    name(work, `${verb(published)} ${server}`.trimEnd());
  };
}

/** @param {Published} published */
function onEnd(published) {
  end(open.get(published));
}

/** By name of the channel. */
export const begins = Object.fromEntries(
  Object.entries(VERBS).map(([channel, verb]) => [`tracing:${channel}:start`, starts(verb)]),
);
/** Not those of `end`, which say that the call has returned, not that the work is done. */
export const ends = Object.fromEntries(
  Object.keys(VERBS).flatMap((channel) =>
    ["asyncStart", "error"].map((event) => [`tracing:${channel}:${event}`, onEnd]),
  ),
);
