import { shown } from "../util/errors.js";
import { shared } from "../util/shared.js";
import { warn } from "../util/warn.js";

const state = shared("guarded", () => ({ warned: false }));

/**
 * What Node calls in the middle of the program's request, where an exception would end the process. What is seen there is the
 * program's: it can freeze or extend its objects, and publish in Node's channels itself.
 *
 * @template T
 * @param {(message: T) => void} listener
 * @returns {(message: any) => void}
 */
export function guarded(listener) {
  return (message) => {
    try {
      listener(message);
    } catch (error) {
      if (!state.warned)
        warn(`onescope's trackRequests() cannot follow every request of this program: ${shown(error)}`);
      state.warned = true;
    }
  };
}
