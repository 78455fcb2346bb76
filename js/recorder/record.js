import { dirname, join, resolve } from "node:path";
import { isMainThread } from "node:worker_threads";
import { LAYOUT } from "../generated/slot-table.js";
import { register } from "../ps/register.js";
import { nativePart } from "../store/backend.js";
import { moveThread, threadBlock } from "../store/records.js";
import { startUnlessRefused } from "../store/start.js";
import { copies } from "../util/copies.js";
import { CODES, OnescopeError, quoted } from "../util/errors.js";
import { createHandle, inactiveHandle } from "../util/handle.js";
import { keepOutOfGit } from "../util/ignore.js";
import { checkWhole, FLIGHTS, MOST_KEPT, readOptions, refuseOption } from "../util/options.js";
import { requirePermission } from "../util/permission.js";
import { CALLS } from "../watchdog/blocking-calls.js";
import { noteTheEnd } from "./endings.js";

/** @import { RecordSettings, Recorder } from "../store/native/contract.js" */

const OPTIONS = ["directory", "keep", "maxBytes", "strict"];

const DEFAULT_BYTES = 16 * 2 ** 20;

const NO_USAGE = { capacity: 0, pages: 0, unrecorded: 0 };

/** @type {typeof import("../inspect.js").record} */
export function record(options) {
  const given = readOptions("record()", options);
  const unknown = Object.keys(given).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) {
    const message = `record() has no option ${quoted(unknown)}; it has ${OPTIONS.join(", ")}`;
    throw new OnescopeError(CODES.OPTION, message);
  }
  const { directory = FLIGHTS, keep = 3, maxBytes = DEFAULT_BYTES, strict = false } = given;
  if (typeof directory !== "string" || directory === "" || directory.includes("\0"))
    refuseOption("record()", "directory", directory, "the name of a directory");
  checkWhole("record()", "keep", keep, 1, MOST_KEPT);
  if (typeof strict !== "boolean") refuseOption("record()", "strict", strict, "true or false");
  const off = () => inactiveHandle({ path: null, usage: () => ({ ...NO_USAGE }) });
  const recorder = nativePart("recorder", "record()", strict);
  const { least, most } = recorder?.recordLimits() ?? { least: 1, most: Number.MAX_SAFE_INTEGER };
  checkWhole("record()", "maxBytes", maxBytes, least, most);
  if (recorder === undefined) return off();
  const settings = { directory: resolve(directory), keep, maxBytes, node: process.versions.node, calls: CALLS };
  const file = startUnlessRefused("record()", strict, () => startOn(recorder, settings));
  if (file === undefined) return off();
  if (directory === FLIGHTS) keepOutOfGit(dirname(settings.directory));
  const forget = noteTheEnd(recorder);
  const unregister = register("recording", { recording: file });
  let on = true;
  const end = () => {
    on = false;
    forget();
    unregister();
    recorder.recordStop();
    copies.recording = undefined;
    moveThread();
  };
  return createHandle(end, { path: file, usage: () => (on && recorder.recordUsage()) || { ...NO_USAGE } });
}

/**
 * @param {Recorder} recorder
 * @param {RecordSettings} settings
 * @returns {string} the file
 */
function startOn(recorder, settings) {
  if (!isMainThread) {
    throw new OnescopeError(
      CODES.RECORD_WORKER,
      "record() cannot run in a worker; call it in the main thread, which records the workers too",
    );
  }
  requirePermission("fs.write", join(settings.directory, "*"), "record()");
  // Both would take the same signals.
  if (copies.recording !== undefined && copies.recording !== LAYOUT.hash) {
    throw new OnescopeError(
      CODES.RECORDING,
      "record() is already running in this process, in another version of onescope; call its stop() first",
    );
  }
  threadBlock();
  const file = recorder.recordStart(settings);
  try {
    moveThread();
  } catch (error) {
    recorder.recordStop();
    throw error;
  }
  copies.recording = LAYOUT.hash;
  return file;
}
