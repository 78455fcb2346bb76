// What `onescope/inspect` exports of this folder.

import type { Handle } from "../../index.js";

/** Options of {@link record}. An unknown option throws `ERR_ONESCOPE_OPTION`. */
export interface RecordOptions {
  /**
   * Directory in which the recording makes its file, `<start>-<pid>.flight`. Made if it does not exist.
   *
   * @default ".onescope/flights"
   * @throws `ERR_ONESCOPE_OPTION` unless a non-empty string without NUL
   */
  directory?: string;
  /**
   * Number of ended recordings to keep in the directory beside the new one; older ones are removed.
   *
   * @default 3
   * @throws `ERR_ONESCOPE_OPTION` unless an integer from 1 to 1000
   */
  keep?: number;
  /**
   * Size of the file in bytes, all allocated at once. The default has room for 120,000 contexts.
   *
   * @default 16777216
   * @throws `ERR_ONESCOPE_OPTION` unless an integer from 131264 to 1073741824
   */
  maxBytes?: number;
  /**
   * Whether to throw, instead of emitting a process warning, if this call does not start a recording.
   *
   * @default false
   * @throws `ERR_ONESCOPE_OPTION` unless a boolean
   */
  strict?: boolean;
}

/** A running recording. */
export interface Recording extends Handle {
  /** Absolute path of the file; `null` if this call did not start a recording. */
  readonly path: string | null;
  /**
   * Pages of 255 contexts: how many the file has room for (`capacity`), how many are in use (`pages`), and how many pages of
   * the process are not in the file because it was full or they are older (`unrecorded`). All are 0 after `stop()`.
   */
  usage(): { capacity: number; pages: number; unrecorded: number };
  /** Ends the recording and marks the file as ended. Contexts that are in the file keep writing their records to it. */
  stop(): void;
}

/**
 * Keeps the store of the process, with all its threads, in a file that `npx onescope last-flight` reads, also after the process
 * was killed or crashed. Call it in the main thread, before the first request.
 *
 * In a worker, if a recording is already running, or if the system or `--permission` refuses memory, a thread or the file, one
 * process warning (`OnescopeWarning`) says so and the handle does nothing. On the JavaScript backend it does nothing either, and
 * one line on stderr names the cause. With `strict` this throws instead.
 *
 * @throws `ERR_ONESCOPE_OPTION` for an invalid or unknown option. With `strict` also `ERR_ONESCOPE_BACKEND` on the JavaScript
 *   backend; `ERR_ONESCOPE_PERMISSION` if `--permission` denies `fs.write` to the directory; `ERR_ONESCOPE_RECORD_WORKER` in a
 *   worker; `ERR_ONESCOPE_RECORDING` if a recording is already running; `ERR_ONESCOPE_RECORD_FILE` if the file cannot be made;
 *   `ERR_ONESCOPE_RECORDER`, `ERR_ONESCOPE_CLOCK` or `ERR_ONESCOPE_PAGE_MEMORY` if the system refuses a thread or memory
 * @example
 * ```js
 * import { mkdtempSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { record } from "onescope/inspect";
 *
 * const directory = mkdtempSync(join(tmpdir(), "flights-"));
 * const recording = record({ directory, maxBytes: 2 ** 20 });
 * console.log(recording.path.endsWith(`-${process.pid}.flight`)); // true
 * recording.stop();
 * ```
 */
export function record(options?: RecordOptions): Recording;
