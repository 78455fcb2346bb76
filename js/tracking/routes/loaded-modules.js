import module from "node:module";

// Any file's will do: the cache is one for the process.
const require = module.createRequire(process.execPath);

/** The files when they were looked at last: how many, and which was loaded last. */
let count = 0;
/** @type {string | undefined} */
let latest;

/**
 * Shows observers the CommonJS modules that are loaded, however they were imported. Does nothing if none was loaded since.
 *
 * @param {Array<[pattern: RegExp, observe: (exports: object) => void]>} observers by patterns of file names
 */
export function showLoaded(observers) {
  const files = Object.keys(require.cache);
  if (files.length === count && files.at(-1) === latest) return;
  count = files.length;
  latest = files.at(-1);
  for (const file of files) {
    for (const [pattern, observe] of observers) {
      const exports = pattern.test(file) && require.cache[file]?.exports;
      if (typeof exports === "object" && exports !== null) observe(exports);
    }
  }
}
