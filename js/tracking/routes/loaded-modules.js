import module from "node:module";

// Any file's will do: the cache is one for the process.
const require = module.createRequire(process.execPath);

/**
 * @param {RegExp} pattern of file names
 * @returns {object[]} exports of the CommonJS modules that are loaded, however they were imported
 */
export function loadedModules(pattern) {
  const files = Object.keys(require.cache).filter((file) => pattern.test(file));
  return files
    .map((file) => require.cache[file]?.exports)
    .filter((exports) => typeof exports === "object" && exports !== null);
}
