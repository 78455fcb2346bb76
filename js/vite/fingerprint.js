import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { REIMPLEMENTED } from "./modules.js";

/**
 * @param {string} shims vinext's folder `dist/shims`
 * @param {string} name of a state module, as in modules.js
 * @returns {string | undefined} the same for equal texts only, of the module and of what it relies on; `undefined` where
 *   there is no such module
 */
export function fingerprint(shims, name) {
  const files = [name, ...(REIMPLEMENTED[name] ?? []).map((path) => `../${path}`)].map((path) => `${shims}/${path}.js`);
  if (!existsSync(files[0])) return undefined;
  const hash = createHash("sha256");
  for (const file of files) hash.update(existsSync(file) ? readFileSync(file) : "none");
  return hash.digest("base64url");
}
