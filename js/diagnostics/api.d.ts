// What `onescope/inspect` exports of this folder.

import type { Handle } from "../../index.js";

/** Options of {@link serve}. */
export interface ServeOptions {
  /**
   * TCP port to listen on; 0 takes any free port.
   *
   * @default 9464
   * @throws `ERR_ONESCOPE_OPTION` unless an integer from 0 to 65535
   */
  port?: number;
  /**
   * IP address to listen on, or `localhost`. An address that is not loopback requires a token.
   *
   * @default "127.0.0.1"
   * @throws `ERR_ONESCOPE_OPTION` unless `localhost` or an IP address without a zone; `ERR_ONESCOPE_TOKEN` if it is not loopback
   *   and there is no token
   */
  host?: string;
  /**
   * What clients must send, as `Authorization: Bearer TOKEN` or as the password of HTTP Basic.
   *
   * @default none
   * @throws `ERR_ONESCOPE_OPTION` unless 16 to 512 printable ASCII characters without spaces
   */
  token?: string;
  /**
   * `/livez` fails while a thread has been blocked for longer than this, in milliseconds.
   *
   * @default 10000
   * @throws `ERR_ONESCOPE_OPTION` unless an integer from 100 to 2^31-1
   */
  maxBlockedMs?: number;
  /**
   * Whether to throw, instead of emitting a process warning, if the server cannot start exactly as requested.
   *
   * @default false
   * @throws `ERR_ONESCOPE_OPTION` unless a boolean
   */
  strict?: boolean;
}

/** The diagnostics server of the process. */
export interface DiagnosticsServer extends Handle {
  /** URL of the page; `null` if the server could not start. */
  url: string | null;
  /** The port, which can differ from the option; `null` if the server could not start. */
  port: number | null;
  /** Ends the server and its connections, asynchronously. Does nothing if another call of `serve()` started it. */
  stop(): void;
}

/**
 * Starts the diagnostics server of the process: a page, JSON, metrics for Prometheus, `/livez` and `/readyz`. It runs on its own
 * thread and responds while every JavaScript thread is blocked. It keeps no process alive, and ends with the thread that
 * started it.
 *
 * If the port is in use or not permitted, the server takes another one. If the process already has a server, the result is that
 * server's. If the system refuses the address, memory or a thread, or `--permission` the network, the server does not start. One
 * process warning (`OnescopeWarning`) says so. On the JavaScript backend there is no server, and one line on stderr names the
 * cause. With `strict` this throws instead.
 *
 * @throws `ERR_ONESCOPE_OPTION` for an invalid option; `ERR_ONESCOPE_TOKEN` if the host is not loopback and there is no token.
 *   With `strict` also `ERR_ONESCOPE_BACKEND` on the JavaScript backend; `ERR_ONESCOPE_PERMISSION` if `--permission` denies the
 *   network; `ERR_ONESCOPE_SERVING` if the process already has a server; `ERR_ONESCOPE_LISTEN` if it cannot listen;
 *   `ERR_ONESCOPE_CLOCK` or `ERR_ONESCOPE_PAGE_MEMORY` if the system refuses a thread or memory
 * @example
 * ```js
 * import { serve } from "onescope/inspect";
 *
 * const diagnostics = serve({ port: 0 });
 * const response = await fetch(new URL("/livez", diagnostics.url));
 * console.log(response.status); // 200
 * diagnostics.stop();
 * ```
 */
export function serve(options?: ServeOptions): DiagnosticsServer;
