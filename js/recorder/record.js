import { resolve } from "node:path";
import { isMainThread } from "node:worker_threads";
import { LAYOUT } from "../generated/slot-table.js";
import { nativeOnly } from "../store/native-only.js";
import { moveThread, threadBlock } from "../store/records.js";
import { nothing, startUnlessRefused } from "../store/start.js";
import { copies } from "../util/copies.js";
import { CODES, OnescopeError } from "../util/errors.js";
import { checkWhole, readOptions, refuseOption } from "../util/options.js";
import { requirePermission } from "../util/permission.js";
import { CALLS } from "../watchdog/blocking-calls.js";
import { noteTheEnd } from "./endings.js";

/** @typedef {import("../inspect.js").RecordOptions} RecordOptions */

const OPTIONS = ["path", "keep", "maxBytes", "strict"];

const MOST_KEPT = 100;
/** Processes that can share a path. */
const MOST_FILES = 1000;
const DEFAULT_BYTES = 16 * 2 ** 20;

/** What says that somebody else has the file. */
const OTHERS = ["ERR_ONESCOPE_RECORD_HELD", "ERR_ONESCOPE_RECORD_TAKEN"];

const NO_USAGE = { capacity: 0, pages: 0, unrecorded: 0 };

/**
 * Keeps the store of the process in a file that outlives it. Where the process records already, in a worker, and where the
 * system refuses a thread, memory or the file, the handle does nothing, and a warning says so.
 *
 * @param {RecordOptions} options
 * @returns {import("../inspect.js").Recording}
 * @throws {OnescopeError} `ERR_ONESCOPE_OPTION`, `ERR_ONESCOPE_BACKEND`, `ERR_ONESCOPE_PERMISSION`; and with the
 *   option `strict` `ERR_ONESCOPE_RECORD_WORKER`, `ERR_ONESCOPE_RECORDING`, `ERR_ONESCOPE_RECORD_HELD`,
 *   `ERR_ONESCOPE_RECORD_TAKEN`, `ERR_ONESCOPE_RECORD_FILE`, `ERR_ONESCOPE_RECORDER`, `ERR_ONESCOPE_CLOCK`, `ERR_ONESCOPE_PAGE_MEMORY`
 */
export function record(options) {
  const { path, keep = 3, maxBytes = DEFAULT_BYTES, strict = false } = readOptions("record()", options, OPTIONS);
  if (typeof path !== "string" || path === "" || path.includes("\0"))
    refuseOption("record()", "path", path, "the name of a file");
  checkWhole("record()", "keep", keep, 1, MOST_KEPT);
  if (typeof strict !== "boolean") refuseOption("record()", "strict", strict, "true or false");
  const recorder = nativeOnly("recorder", "record()", "a file must hold what JavaScript writes");
  const { least, most } = recorder.recordLimits();
  checkWhole("record()", "maxBytes", maxBytes, least, most);
  const settings = { keep, maxBytes, node: process.versions.node, calls: CALLS };
  const start = () => startOn(recorder, resolve(path), settings, strict);
  const file = startUnlessRefused("record()", strict, start);
  if (file === undefined) {
    return { path: null, usage: () => ({ ...NO_USAGE }), stop: nothing, [Symbol.dispose]: nothing };
  }
  const forget = noteTheEnd(recorder);
  let on = true;
  const stop = () => {
    if (!on) return;
    on = false;
    forget();
    recorder.recordStop();
    copies.recording = undefined;
    moveThread();
  };
  return {
    path: file,
    usage: () => (on && recorder.recordUsage()) || { ...NO_USAGE },
    stop,
    [Symbol.dispose]: stop,
  };
}

/**
 * @param {import("../store/native/contract.js").Recorder} recorder
 * @param {string} wanted
 * @param {Omit<import("../store/native/contract.js").RecordSettings, "path">} settings
 * @param {boolean} strict
 * @returns {string} the file
 */
function startOn(recorder, wanted, settings, strict) {
  if (!isMainThread) {
    throw new OnescopeError(
      CODES.RECORD_WORKER,
      "only the main thread knows how the process ends; call record() there, and this worker is recorded too",
    );
  }
  // Also the names that it has before it is complete, and once it is an older one.
  for (const name of [wanted, `${wanted}.new-0`, `${wanted}.1`]) requirePermission("fs.write", name, "record()");
  // Both would take the same signals.
  if (copies.recording !== undefined && copies.recording !== LAYOUT.hash) {
    throw new OnescopeError(CODES.RECORDING, "another version of onescope records this process; call its stop() first");
  }
  threadBlock();
  const file = startIn(recorder, wanted, settings, strict);
  try {
    moveThread();
  } catch (error) {
    recorder.recordStop();
    throw error;
  }
  copies.recording = LAYOUT.hash;
  return file;
}

/**
 * Starts to record, unless `strict` into the first of FILE, FILE-2, FILE-3, … that is free.
 *
 * @param {import("../store/native/contract.js").Recorder} recorder
 * @param {string} wanted
 * @param {Omit<import("../store/native/contract.js").RecordSettings, "path">} settings
 * @param {boolean} strict
 * @returns {string} the file
 */
function startIn(recorder, wanted, settings, strict) {
  /** @type {string | undefined} */
  let cause;
  for (let n = 1; ; n++) {
    const path = n === 1 ? wanted : `${wanted}-${n}`;
    try {
      if (n > 1) requirePermission("fs.write", path, "record()");
      recorder.recordStart({ ...settings, path });
    } catch (error) {
      const { code, message } = /** @type {any} */ (error);
      if (!OTHERS.includes(code) || strict || n === MOST_FILES) throw error;
      cause ??= message;
      continue;
    }
    if (n > 1) process.emitWarning(`onescope's record() records into ${path}, because ${cause}`, "OnescopeWarning");
    return path;
  }
}
