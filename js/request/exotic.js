import { extrasOf } from "./extras.js";

// A native lane holds the values that its kind declares. The fields are ordinary properties to the code that uses them,
// though, so a value outside the domain (`ctx.phase = "draft"`, `{ isDraftMode: undefined }`) must come back as it went
// in: the lane then holds the code for "other" and the value itself lies here, beside the context.

/** Stands for an `undefined` that was assigned to a collection slot, whose own `undefined` means "not touched yet". */
export const UNDEFINED = Symbol("onescope.undefined");

/**
 * @param {import("./extras.js").Bearer} context
 * @param {string} name
 * @returns {any}
 */
export function exoticGet(context, name) {
  return context.$extra?.exotic.get(name);
}

/**
 * Keeps a value that a lane cannot hold.
 *
 * @param {import("./extras.js").Bearer} context
 * @param {string} name
 * @param {unknown} value
 * @param {number} code what the lane stores instead
 * @returns {number} `code`
 */
export function exoticSet(context, name, value, code) {
  extrasOf(context).exotic.set(name, value);
  return code;
}
