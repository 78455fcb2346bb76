import { statSync } from "node:fs";
import { join } from "node:path";

/** @import { Flight, Recorder } from "../../store/native/contract.js" */

/**
 * @typedef {object} Found
 * @property {string} file
 * @property {Flight} flight what is in it
 * @property {string[]} live files of newer recordings in its directory that have not ended; none if the file was given
 */

/** No recording can be read. Its message has a line for each cause, which begins with a code. */
export class UnreadableError extends Error {}

/**
 * Reads the recording in a file, or the newest one in a directory that has ended: a server that was restarted is already
 * recording. If none has ended, the newest.
 *
 * @param {Recorder} recorder
 * @param {string} path of a directory or a file
 * @returns {Found & { skipped: string[] }} `skipped`: why newer files could not be read
 * @throws {UnreadableError}
 */
export function choose(recorder, path) {
  if (!isDirectory(path)) return { file: path, flight: read(recorder, path), live: [], skipped: [] };
  /** @type {Map<string, Flight>} */
  const live = new Map();
  /** @type {string[]} */
  const skipped = [];
  for (const name of coded(() => recorder.listFlights(path))) {
    const file = join(path, name);
    try {
      const flight = read(recorder, file);
      if (!flight.running) return { file, flight, live: [...live.keys()], skipped };
      live.set(file, flight);
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      skipped.push(error.message);
    }
  }
  const [newest, ...others] = live;
  if (newest !== undefined) {
    return { file: newest[0], flight: newest[1], live: others.map(([file]) => file), skipped };
  }
  const none = `ERR_ONESCOPE_FLIGHT_UNREADABLE: no flight recording in ${path}; pass the directory or file of one`;
  throw new UnreadableError(skipped.length > 0 ? skipped.join("\n") : none);
}

/**
 * @param {Recorder} recorder
 * @param {string} file
 * @returns {Flight}
 * @throws {UnreadableError}
 */
function read(recorder, file) {
  return coded(() => recorder.readFlight(file));
}

/**
 * @template T
 * @param {() => T} call
 * @returns {T}
 * @throws {UnreadableError} where it throws an error of onescope's
 */
function coded(call) {
  try {
    return call();
  } catch (error) {
    const { code, message } = /** @type {Error & { code: string }} */ (error);
    if (!String(code).startsWith("ERR_ONESCOPE_")) throw error;
    throw new UnreadableError(`${code}: ${message}`);
  }
}

/** @param {string} path */
function isDirectory(path) {
  try {
    return statSync(path).isDirectory();
  } catch {
    // Reading it reports the cause.
    return false;
  }
}
