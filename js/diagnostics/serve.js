import { isIP } from "node:net";
import { entry } from "../async-context/entry.js";
import { LIMITS } from "../generated/slot-table.js";
import { threadLeaks } from "../leaks/leaks.js";
import { register } from "../ps/register.js";
import { nativePart } from "../store/backend.js";
import { threadBlock } from "../store/records.js";
import { startUnlessRefused, warnOnce } from "../store/start.js";
import { CODES, OnescopeError } from "../util/errors.js";
import { createHandle, inactiveHandle } from "../util/handle.js";
import { checkWhole, LOOPBACK, MOST_MS, PORT, readOptions, refuseOption } from "../util/options.js";
import { requirePermission } from "../util/permission.js";
import { warn } from "../util/warn.js";
import { follow } from "../watchdog/thread.js";

/** @import { DiagnosticsServer } from "../inspect.js" */
/** @import { Diagnostics, ServerSettings } from "../store/native/contract.js" */

const OPTIONS = ["port", "host", "token", "maxBlockedMs", "strict"];

/** Clients may try any number of tokens, so a token must be long. */
const TOKEN = /^[\x21-\x7e]{16,512}$/;
export const TOKEN_RULE = "16 to 512 printable characters without spaces";

/** Rows of each list of `/leaks`. */
const { leakRows: LEAK_ROWS } = LIMITS;

/** @type {typeof import("../inspect.js").serve} */
export function serve(options) {
  const {
    port = PORT,
    host = LOOPBACK,
    token,
    maxBlockedMs = 10_000,
    strict = false,
  } = readOptions("serve()", options, OPTIONS);
  checkWhole("serve()", "port", port, 0, 65_535);
  checkWhole("serve()", "maxBlockedMs", maxBlockedMs, 100, MOST_MS);
  const address = host === "localhost" ? LOOPBACK : host;
  if (!isAddress(address)) refuseOption("serve()", "host", host, "an IP address, without a zone, or localhost");
  if (typeof strict !== "boolean") refuseOption("serve()", "strict", strict, "true or false");
  if (token !== undefined && !isToken(token)) {
    refuseOption("serve()", "token", token, TOKEN_RULE, { secret: true });
  }
  if (token === undefined && !isLoopback(address)) {
    throw new OnescopeError(
      CODES.TOKEN,
      `serve() on ${host} is reachable from other machines and requires a token; set token, or omit host`,
    );
  }
  const off = () => inactiveHandle({ url: null, port: null });
  const diagnostics = nativePart("diagnostics", "serve()", strict);
  if (diagnostics === undefined) return off();
  const settings = { address, port, token, maxBlockedMs, strict };
  const start = () => handleOf(diagnostics, settings);
  return startUnlessRefused("serve()", strict, start) ?? off();
}

/**
 * @param {Diagnostics} diagnostics
 * @param {ServerSettings} settings
 * @returns {DiagnosticsServer}
 * @throws {OnescopeError} `ERR_ONESCOPE_PERMISSION`, and what the backend throws where it cannot start
 */
function handleOf(diagnostics, settings) {
  requirePermission("net", undefined, "serve()");
  threadBlock();
  const start = () => diagnostics.diagnosticsStart(settings, sendLeaks(diagnostics));
  const { address, port, moved, joined, alike } = entry.runOutside(start);
  const url = `http://${isIP(address) === 6 ? `[${address}]` : address}:${port}/`;
  if (moved !== undefined) {
    warn(
      `onescope's serve() listens on ${url}, because port ${settings.port} is not available (${moved}); set port to a free port, or to 0`,
    );
  }
  if (joined) {
    // The handle of the call that started it ends it.
    const what = `ignored its options: this process already has a server on ${url}; call serve() once`;
    if (!alike) warnOnce("serve()", CODES.SERVING, what);
    return inactiveHandle({ url, port });
  }
  follow();
  const unregister = register("server", { url, token: settings.token });
  const end = () => {
    unregister();
    diagnostics.diagnosticsStop();
    follow();
  };
  return createHandle(end, { url, port });
}

/**
 * @param {Diagnostics} diagnostics
 * @returns {() => void} sends the leaks to the server
 */
function sendLeaks(diagnostics) {
  let warned = false;
  return () => {
    let json = null;
    try {
      const { held, lateReads, ...rest } = threadLeaks();
      json = JSON.stringify({
        held: held.slice(0, LEAK_ROWS),
        heldTotal: held.length,
        lateReads: lateReads.slice(0, LEAK_ROWS),
        lateReadsTotal: lateReads.length,
        ...rest,
      });
    } catch (error) {
      // It has no caller that could catch, so an exception would end the process.
      if (!warned) warn(`/leaks of onescope's serve() failed: ${error}`);
      warned = true;
    }
    diagnostics.diagnosticsLeaks(json);
  };
}

/** @param {string} address an IP address */
export function isLoopback(address) {
  return isIP(address) === 4 ? address.startsWith("127.") : new URL(`http://[${address}]`).hostname === "[::1]";
}

/**
 * @param {unknown} address
 * @returns {address is string}
 */
export function isAddress(address) {
  // Node accepts a zone, as in fe80::1%lo, but URLs and the server do not.
  return typeof address === "string" && isIP(address) !== 0 && !address.includes("%");
}

/**
 * @param {unknown} token
 * @returns {token is string}
 */
export function isToken(token) {
  return typeof token === "string" && TOKEN.test(token);
}
