import { renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { threadId } from "node:worker_threads";
import { entry } from "../async-context/entry.js";
import { backend } from "../store/backend.js";
import { atExit } from "../util/at-exit.js";
import { shared } from "../util/shared.js";
import { clearInterval, setInterval } from "../util/timers.js";
import { warn } from "../util/warn.js";
import { isOn, openDirectory } from "./directory.js";
import { removeEnded, TOUCH_MS } from "./list.js";
import { ownStart, pidNamespace } from "./running.js";

/**
 * What a file says. There is one per server and one per recording: that of a recording stays as long as the recording does.
 *
 * @typedef {object} Registered
 * @property {number} pid
 * @property {string} start when the process started, as `ownStart` returns it
 * @property {string | null} namespace
 * @property {string} command
 * @property {string} cwd
 * @property {string} node its version
 * @property {string} onescope its version
 * @property {string} at when this was registered, ISO 8601
 * @property {string} [url] of the diagnostics server
 * @property {string} [token] that it requires
 * @property {string} [recording] the file
 * @property {boolean} [stopped] whether the recording has ended while the process runs
 */

const state = shared("ps", () => ({
  warned: false,
  /** what this thread has registered */
  kinds: /** @type {Set<string>} */ (new Set()),
}));

/**
 * @param {"server" | "recording"} kind
 * @returns {boolean} whether this thread has registered one
 */
export function isRegistered(kind) {
  return state.kinds.has(kind);
}

/**
 * Registers something of this process, for `onescope ps`. Where that fails, a warning says why.
 *
 * @param {"server" | "recording"} kind the process has at most one of each
 * @param {Pick<Registered, "url" | "token" | "recording">} facts
 * @returns {() => void} call it when it has ended
 */
export function register(kind, facts) {
  state.kinds.add(kind);
  let remove = () => {};
  try {
    if (isOn()) remove = write(kind, facts);
  } catch (error) {
    failed(/** @type {Error} */ (error).message);
  }
  return () => {
    state.kinds.delete(kind);
    remove();
  };
}

/**
 * @param {string} kind
 * @param {Pick<Registered, "url" | "token" | "recording">} facts
 * @returns {() => void} ends it
 */
function write(kind, facts) {
  const { pid } = process;
  const start = ownStart();
  /** @type {Registered} */
  const registered = {
    pid,
    start,
    namespace: pidNamespace(),
    command: command(),
    cwd: process.cwd(),
    node: process.versions.node,
    onescope: backend.version?.() ?? "",
    at: new Date().toISOString(),
    ...facts,
  };
  const name = `${pid}-${start}.${kind}`;
  const file = save(name, registered);
  // Files in a directory for temporary files are removed when nothing touched them for some days; then it is there again.
  const touch = () => attempt(() => save(name, registered));
  const timer = entry.runOutside(() => setInterval(touch, TOUCH_MS).unref());
  const leave = () => {
    clearInterval(timer);
    forget();
    // That of a recording is for those who look for it afterwards.
    if (kind === "server") attempt(() => rmSync(file, { force: true }));
  };
  const forget = atExit(leave);
  return () => {
    leave();
    if (kind === "recording") attempt(() => save(name, { ...registered, stopped: true }));
  };
}

/**
 * @param {string} name
 * @param {Registered} registered
 * @returns {string} the file
 */
function save(name, registered) {
  const directory = openDirectory();
  removeEnded(directory);
  // Others see all of it or nothing, and no link is written through.
  const unfinished = join(directory, `${name}.${threadId}`);
  rmSync(unfinished, { force: true });
  writeFileSync(unfinished, JSON.stringify(registered), { mode: 0o600, flag: "wx" });
  const file = join(directory, name);
  renameSync(unfinished, file);
  return file;
}

/** @param {() => void} fn what may fail where nobody can do anything about it */
function attempt(fn) {
  try {
    fn();
  } catch {}
}

/** @param {string} cause */
function failed(cause) {
  if (state.warned) return;
  state.warned = true;
  warn(
    `onescope ps does not list this process: ${cause}. Set ONESCOPE_RUNTIME_DIR to a directory of this user, or to off`,
  );
}

/** @returns {string} the title that the program gave itself, else the command as one would type it in its directory */
function command() {
  const { argv, argv0, title } = process;
  // PM2 and Next.js set one. The system may cut it.
  if (title !== argv0 && title !== "") return title;
  const [, script, ...args] = argv;
  const program = basename(process.execPath, ".exe");
  if (script === undefined) return program;
  const path = relative(process.cwd(), script);
  return [program, path.startsWith(`..${sep}`) ? script : path, ...args].join(" ");
}
