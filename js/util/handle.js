// What every starter returns. `stop()` is synchronous and can be called again; leaving a `using` block calls it too.

/** @import { Handle } from "../../index.js" */

/**
 * @template {object} [Own={}]
 * @param {() => void} end called by the first `stop()` only
 * @param {Own} [own] what the handle has besides
 * @returns {Own & Handle}
 */
export function createHandle(end, own) {
  let active = true;
  const stop = () => {
    if (!active) return;
    active = false;
    end();
  };
  const handle = {
    ...own,
    get active() {
      return active;
    },
    stop,
    [Symbol.dispose]: stop,
  };
  return /** @type {any} */ (handle);
}

/**
 * The handle of a call that started nothing.
 *
 * @template {object} [Own={}]
 * @param {Own} [own] what the handle has besides
 * @returns {Own & Handle}
 */
export function inactiveHandle(own) {
  const stop = () => {};
  return /** @type {any} */ ({ ...own, active: false, stop, [Symbol.dispose]: stop });
}

/**
 * A handle of something that several callers can start: the first starts it, and the last `stop()` ends it.
 *
 * @param {{ users: number }} state one per process
 * @param {() => void} start
 * @param {() => void} end
 * @returns {Handle}
 */
export function createSharedHandle(state, start, end) {
  if (state.users === 0) start();
  state.users++;
  return createHandle(() => {
    if (--state.users === 0) end();
  });
}
