// Every environment variable that onescope reads.

/** `native` or `js` forces a backend. Anything else is ignored, and a line on stderr says so. */
export const ONESCOPE_BACKEND = process.env.ONESCOPE_BACKEND || undefined;

/** Path of the addon to load, instead of that of this platform's package. */
export const ONESCOPE_NATIVE_PATH = process.env.ONESCOPE_NATIVE_PATH || undefined;

/** The token that `onescope top` sends, and that the server of `onescope/auto` requires. */
export const ONESCOPE_TOKEN = process.env.ONESCOPE_TOKEN || undefined;

/** What `onescope/auto` starts, and how: docs/auto.md has their values. */
export const AUTO = {
  ONESCOPE_REGISTER: process.env.ONESCOPE_REGISTER || undefined,
  ONESCOPE_TRACK: process.env.ONESCOPE_TRACK || undefined,
  ONESCOPE_LABEL_PATHS: process.env.ONESCOPE_LABEL_PATHS || undefined,
  ONESCOPE_WATCH: process.env.ONESCOPE_WATCH || undefined,
  ONESCOPE_RECORD: process.env.ONESCOPE_RECORD || undefined,
  ONESCOPE_RECORD_KEEP: process.env.ONESCOPE_RECORD_KEEP || undefined,
  ONESCOPE_SERVE: process.env.ONESCOPE_SERVE || undefined,
};

/** Kind of the terminal; `dumb` takes only text. */
export const TERM = process.env.TERM;

/** Whether dd-trace profiles, and whether it writes OpenTelemetry's thread context: both read async context frames. */
export const { DD_PROFILING_ENABLED, DD_TRACE_OTEL_CTX_ENABLED } = process.env;

/** Directory in which processes register for `onescope ps`, or `off`. */
export const ONESCOPE_RUNTIME_DIR = process.env.ONESCOPE_RUNTIME_DIR || undefined;

/** Directory for a user's sockets and the like, which ends with the session. */
export const XDG_RUNTIME_DIR = process.env.XDG_RUNTIME_DIR || undefined;
