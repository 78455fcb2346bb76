import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

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
