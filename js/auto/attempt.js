import { say } from "../util/say.js";

/**
 * Calls something that must not end a process into which nobody put it by hand.
 *
 * @template T
 * @param {string} what fails, such as `watch()`
 * @param {() => T} fn
 * @returns {T | undefined}
 */
export function attempt(what, fn) {
  try {
    return fn();
  } catch (error) {
    failed(what, error);
    return undefined;
  }
}

/**
 * @param {string} what
 * @param {unknown} error
 */
export function failed(what, error) {
  const { message } = /** @type {Partial<Error>} */ (error ?? {});
  say(`${what} is off: ${message ?? error}`.replaceAll("\n", " "));
}
