import { entry } from "./entry.js";

/**
 * Binds a function to the current scope as `AsyncLocalStorage.bind` binds one to the current context: the caller's
 * `this` and arguments pass through, and `length` is the function's own, because Express and others tell handlers apart by it.
 *
 * @template {(...args: any[]) => any} F
 * @param {F} fn
 * @returns {F}
 */
export function bindCallback(fn) {
  const captured = entry.capture();
  /**
   * @param {unknown} self
   * @param {unknown[]} args
   */
  const call = (self, args) => entry.resume(captured, fn, self, args);
  /** @type {(...args: never[]) => unknown} */
  let bound;
  // A function literal with the right number of parameters is several times cheaper than defining `length`.
  switch (fn.length) {
    case 0:
      bound = /** @this {unknown} */ function (/** @type {unknown[]} */ ...args) {
        return call(this, args);
      };
      break;
    case 1:
      bound = /** @this {unknown} */ function (/** @type {unknown} */ _a) {
        return call(this, [...arguments]);
      };
      break;
    case 2:
      bound = /** @this {unknown} */ function (/** @type {unknown} */ _a, /** @type {unknown} */ _b) {
        return call(this, [...arguments]);
      };
      break;
    default:
      bound = /** @this {unknown} */ function (/** @type {unknown[]} */ ...args) {
        return call(this, args);
      };
      Object.defineProperty(bound, "length", { value: fn.length, configurable: true });
  }
  return /** @type {F} */ (bound);
}
