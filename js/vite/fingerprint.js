import { createHash } from "node:crypto";

/**
 * @param {string} code text of a module
 * @returns {string} the same for equal texts only
 */
export function fingerprint(code) {
  return createHash("sha256").update(code).digest("base64url");
}
