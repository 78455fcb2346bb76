import { subscribe } from "node:diagnostics_channel";
import { serve } from "../diagnostics/serve.js";
import { say } from "../util/say.js";
import { attempt } from "./attempt.js";

/** @import { DiagnosticsServer, ServeOptions } from "../inspect.js" */

const LAST_PORT = 65_535;

/**
 * Nobody put the diagnostics server into this program, so it must not take a port that the program uses later, as exporters of
 * metrics do: it moves to the next one just before.
 *
 * @param {DiagnosticsServer} server
 * @param {ServeOptions} options it was started with
 */
export function yieldPort(server, options) {
  let current = server;
  subscribe("tracing:net.server.listen:asyncStart", (message) => {
    attempt("serve()", () => {
      const wanted = /** @type {{ options?: { port?: unknown } }} */ (message).options?.port;
      const { port, active } = current;
      // Whatever the address is: a server on all of them takes ours too.
      if (!active || port === null || Number(wanted) !== port) return;
      // The next start waits until the port is free.
      current.stop();
      current = serve({ ...options, port: port === LAST_PORT ? 0 : port + 1 });
      say(`the program listens on port ${port} itself; the diagnostics server has moved to ${current.url}`);
    });
  });
}
