import { isIP } from "node:net";
import { isAddress, isLoopback, isToken, TOKEN_RULE } from "../diagnostics/serve.js";
import { AUTO, ONESCOPE_TOKEN } from "../util/env.js";
import { quoted } from "../util/errors.js";
import { FLIGHTS, LOOPBACK, MOST_KEPT, MOST_MS, PORT } from "../util/options.js";
import { LEAST_MS } from "../watchdog/stall-hooks.js";

/** @import { RecordOptions, ServeOptions, TrackOptions, WatchOptions } from "../inspect.js" */

/**
 * @typedef {object} Settings
 * @property {TrackOptions | undefined} track `undefined` for off, as those that follow
 * @property {WatchOptions | undefined} watch
 * @property {RecordOptions | undefined} record
 * @property {ServeOptions | undefined} serve
 * @property {string[]} problems a line for each variable that has no valid value
 */

/**
 * @template T
 * @typedef {{ expected: string, use: T, read(text: string): T | undefined }} Form `expected`: all values, in words; `use`: the
 *   default, also for `on`; `read` returns `undefined` for an invalid value
 */

/** Recordings that are kept beside those that run. A cluster ends several at a time. */
const KEEP = 8;

/** @returns {Settings} what the environment says */
export function readSettings() {
  /** @type {string[]} */
  const problems = [];
  /**
   * @template T
   * @param {keyof typeof AUTO} name
   * @param {Form<T>} form
   * @returns {T | undefined} `undefined` for `off`
   */
  const read = (name, { expected, use, read: readText }) => {
    const text = AUTO[name];
    if (text === undefined || text === "on") return use;
    if (text === "off") return undefined;
    const value = readText(text);
    if (value === undefined) problems.push(`${name} is ${quoted(text)}: expected ${expected}; using ${shown(use)}`);
    return value ?? use;
  };
  const flag = { expected: "on or off", use: true, read: () => undefined };
  read("ONESCOPE_REGISTER", flag);
  const track = read("ONESCOPE_TRACK", flag);
  const paths = AUTO.ONESCOPE_LABEL_PATHS ?? "show";
  const isKnown = paths === "show" || paths === "hide";
  // The safe one: a typing error must not show what was to be hidden.
  if (!isKnown) problems.push(`ONESCOPE_LABEL_PATHS is ${quoted(paths)}: expected show or hide; using hide`);
  const thresholdMs = read("ONESCOPE_WATCH", {
    expected: `on, off or milliseconds from ${LEAST_MS} to ${MOST_MS}`,
    use: 1000,
    read: (text) => wholeIn(text, LEAST_MS, MOST_MS),
  });
  const directory = read("ONESCOPE_RECORD", { expected: "on, off or a directory", use: FLIGHTS, read: (text) => text });
  const keep = wholeIn(AUTO.ONESCOPE_RECORD_KEEP ?? String(KEEP), 1, MOST_KEPT);
  if (keep === undefined) {
    const given = quoted(AUTO.ONESCOPE_RECORD_KEEP ?? "");
    problems.push(`ONESCOPE_RECORD_KEEP is ${given}: expected an integer from 1 to ${MOST_KEPT}; using ${KEEP}`);
  }
  const address = read("ONESCOPE_SERVE", {
    expected: `on, off, PORT or ADDRESS:PORT, such as ${PORT} or 0.0.0.0:${PORT}`,
    use: { host: LOOPBACK, port: PORT },
    read: addressIn,
  });
  return {
    track: track === undefined ? undefined : { labelPaths: isKnown ? paths : "hide" },
    watch: thresholdMs === undefined ? undefined : { thresholdMs },
    record: directory === undefined ? undefined : { directory, keep: keep ?? KEEP },
    serve: address && withToken(address, problems),
    problems,
  };
}

/**
 * @param {{ host: string, port: number }} address
 * @param {string[]} problems gets what is wrong
 * @returns {ServeOptions | undefined} `undefined` where the server would be less protected than somebody wanted
 */
function withToken({ host, port }, problems) {
  if (ONESCOPE_TOKEN === undefined) {
    if (isLoopback(host)) return { host, port };
    problems.push(
      `ONESCOPE_SERVE=${AUTO.ONESCOPE_SERVE} is reachable from other machines and requires ONESCOPE_TOKEN; using ${LOOPBACK}:${port}`,
    );
    return { host: LOOPBACK, port };
  }
  if (isToken(ONESCOPE_TOKEN)) return { host, port, token: ONESCOPE_TOKEN };
  problems.push(`ONESCOPE_TOKEN is invalid: expected ${TOKEN_RULE}; serve() is off`);
  return undefined;
}

/**
 * @param {string} text
 * @returns {{ host: string, port: number } | undefined}
 */
function addressIn(text) {
  const [, given = LOOPBACK, digits] = /^(?:(.+):)?(\d+)$/.exec(text) ?? [];
  const port = wholeIn(digits ?? "", 0, 65_535);
  const bare = given.replace(/^\[(.*)\]$/, "$1");
  const host = bare === "localhost" ? LOOPBACK : bare;
  // An IPv6 address needs its brackets: what follows its last colon could be a part of it.
  const isRight = isAddress(host) && (isIP(host) === 6) === (given !== bare);
  return port !== undefined && isRight ? { host, port } : undefined;
}

/**
 * @param {string} text
 * @param {number} least
 * @param {number} most
 * @returns {number | undefined} `undefined` unless it is an integer within these bounds
 */
function wholeIn(text, least, most) {
  const value = Number(text);
  return /^\d{1,10}$/.test(text) && value >= least && value <= most ? value : undefined;
}

/** @param {unknown} value a default */
function shown(value) {
  if (value === true) return "on";
  return typeof value === "object" ? `${LOOPBACK}:${PORT}` : String(value);
}
