import { statSync } from "node:fs";
import { join } from "node:path";
import { OnescopeError } from "../../util/errors.js";

/** @import { Flight, Recorder } from "../../store/native/contract.js" */

/**
 * @typedef {object} Found
 * @property {string} file
 * @property {Flight} flight what is in it
 * @property {string[]} live files of newer recordings in its directory that have not ended; none if the file was given
 */

/**
 * Reads the recording in a file, or the newest one in a directory that has ended: a server that was restarted is already
 * recording. If none has ended, the newest.
 *
 * @param {Recorder} recorder
 * @param {string} path of a directory or a file
 * @returns {Found & { skipped: Array<InstanceType<typeof OnescopeError>> }} `skipped`: why newer files could not be read
 * @throws {OnescopeError}
 */
export function choose(recorder, path) {
  if (!isDirectory(path)) return { file: path, flight: recorder.readFlight(path), live: [], skipped: [] };
  /** @type {Map<string, Flight>} */
  const live = new Map();
  /** @type {Array<InstanceType<typeof OnescopeError>>} */
  const skipped = [];
  for (const name of recorder.listFlights(path)) {
    const file = join(path, name);
    try {
      const flight = recorder.readFlight(file);
      if (!flight.running) return { file, flight, live: [...live.keys()], skipped };
      live.set(file, flight);
    } catch (error) {
      if (!(error instanceof OnescopeError)) throw error;
      skipped.push(error);
    }
  }
  const [newest, ...others] = live;
  if (newest !== undefined) {
    return { file: newest[0], flight: newest[1], live: others.map(([file]) => file), skipped };
  }
  if (skipped.length > 0) throw new OnescopeError(skipped[0].code, skipped.map(({ message }) => message).join("\n"));
  const none = `no flight recording in ${path}; pass the directory or file of one`;
  throw new OnescopeError("ERR_ONESCOPE_FLIGHT_UNREADABLE", none);
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
