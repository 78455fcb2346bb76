import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import { backend } from "../backend.js";
import { threadBlock } from "../context/cells.js";
import { CODES, OnescopeError } from "../errors.js";
import { ways } from "../scope/ways.js";
import { follow } from "./follow.js";
import { threadLeaks } from "./leaks.js";
import { isTracking } from "./lives.js";

/** @typedef {import("../inspect.js").ServeOptions} ServeOptions */

/** Clients can try as often as they like, so a token must be long. */
const TOKEN = /^[\x21-\x7e]{16,512}$/;
const MOST_MS = 2 ** 31 - 1;

/** Rows of each list of /leaks; limits.rs has the same number. */
const LEAK_ROWS = 200;

/**
 * Starts the diagnostics server of the process: a page for people, JSON and metrics, which answer while JavaScript is stuck.
 *
 * @param {ServeOptions} [options]
 * @returns {import("../inspect.js").DiagnosticsServer}
 * @throws {OnescopeError} `ERR_ONESCOPE_OPTION`; `ERR_ONESCOPE_TOKEN` for an address that others can reach without a token;
 *   `ERR_ONESCOPE_BACKEND` on the JavaScript backend; and errors with the codes `ERR_ONESCOPE_SERVING` while another server of
 *   the process is on, `ERR_ONESCOPE_LISTEN`, `ERR_ONESCOPE_CLOCK`
 */
export function serve(options = {}) {
  const { port = 9464, host = "127.0.0.1", token, stuckMs = 10_000 } = options;
  check("port", port, isWhole(port, 0, 65_535), "a whole number from 0 to 65535");
  check("stuckMs", stuckMs, isWhole(stuckMs, 100, MOST_MS), `a whole number from 100 to ${MOST_MS}`);
  const address = host === "localhost" ? "127.0.0.1" : host;
  check("host", host, isAddress(address), "an IP address, without a zone, or localhost");
  // What it is, is nobody's business.
  check("token", typeof token, token === undefined || isToken(token), "16 to 512 printable characters without spaces");
  if (token === undefined && !isLoopback(address)) {
    throw new OnescopeError(
      CODES.TOKEN,
      `serve() on ${host} shows others what this process is at; set a token that they must know, or omit host`,
    );
  }
  const { diagnostics } = backend;
  if (diagnostics === undefined) {
    throw new OnescopeError(
      CODES.BACKEND,
      `serve() needs the native backend, for JavaScript cannot answer while it is stuck; this is the JavaScript one: ` +
        `${backend.reasons.join("; ")}. Make the addon load, or do without serve()`,
    );
  }
  threadBlock();
  const session = randomBytes(32).toString("hex");
  const settings = { address, port, token, session, stuckMs };
  const start = () => diagnostics.diagnosticsStart(settings, answerLeaks(diagnostics));
  const bound = ways.resume({ scope: undefined }, start, null, []);
  follow();
  let on = true;
  const stop = () => {
    if (!on) return;
    on = false;
    diagnostics.diagnosticsStop();
    follow();
  };
  const name = isIP(address) === 6 ? `[${address}]` : address;
  return { url: `http://${name}:${bound}/`, port: bound, stop, [Symbol.dispose]: stop };
}

/**
 * @param {import("../native/contract.js").Diagnostics} diagnostics
 * @returns {() => void} answers a question for the leaks
 */
function answerLeaks(diagnostics) {
  let warned = false;
  return () => {
    let json = null;
    try {
      // Nobody who looks may start what costs every request a little.
      const { held, lateReads, ...rest } = threadLeaks();
      json = JSON.stringify({
        tracking: isTracking(),
        held: held.slice(0, LEAK_ROWS),
        heldTotal: held.length,
        lateReads: lateReads.slice(0, LEAK_ROWS),
        lateReadsTotal: lateReads.length,
        ...rest,
      });
    } catch (error) {
      // Nobody calls this, so what it throws would end the process.
      if (!warned) process.emitWarning(`/leaks of onescope's serve() failed: ${error}`, "OnescopeWarning");
      warned = true;
    }
    diagnostics.diagnosticsLeaks(json);
  };
}

/** @param {string} address an IP address */
function isLoopback(address) {
  return isIP(address) === 4 ? address.startsWith("127.") : new URL(`http://[${address}]`).hostname === "[::1]";
}

/** @param {unknown} address */
function isAddress(address) {
  // Node takes a zone, as in fe80::1%lo, which neither addresses of the web nor the server know.
  return typeof address === "string" && isIP(address) !== 0 && !address.includes("%");
}

/** @param {unknown} token */
function isToken(token) {
  return typeof token === "string" && TOKEN.test(token);
}

/**
 * @param {unknown} value
 * @param {number} least
 * @param {number} most
 */
function isWhole(value, least, most) {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {boolean} right
 * @param {string} expected
 */
function check(name, value, right, expected) {
  if (right) return;
  const given = ["number", "string"].includes(typeof value) ? value : typeof value;
  throw new OnescopeError(CODES.OPTION, `option ${name} of serve() is ${expected}, not ${given}; correct or omit it`);
}
