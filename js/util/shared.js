import { KEY_OF_SHARED } from "./copies.js";

// One process can hold several copies of this package's modules: Vite loads a module once per environment, and a bundle holds
// its own. State and class identity must nevertheless be one per process, so the first copy to load publishes each shared
// part and every later copy takes it from here. The key names the version of that contract and the layout of records: copies
// that could not work together do not meet (copies.js).

const global = /** @type {Record<symbol, Record<string, unknown>>} */ (/** @type {unknown} */ (globalThis));

/** @type {Record<string, unknown>} */
const parts = (global[KEY_OF_SHARED] ??= Object.create(null));

/**
 * The process-wide instance of a part, made by the first copy that needs it.
 *
 * @template T
 * @param {string} name name of the part, unique within the package
 * @param {() => T} make makes the part; called at most once per process and JavaScript thread
 * @returns {T}
 */
export function shared(name, make) {
  return /** @type {T} */ ((parts[name] ??= make()));
}
