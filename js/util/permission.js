import { CODES, OnescopeError } from "./errors.js";

/** Flags that grant each scope. A Node that lacks the flag does not restrict the scope. */
const FLAGS = /** @type {const} */ ({
  "fs.read": "--allow-fs-read",
  "fs.write": "--allow-fs-write",
  net: "--allow-net",
});

/**
 * Checks Node's permission model (`--permission`) before the addon does what Node's own modules would refuse.
 *
 * @param {keyof typeof FLAGS} scope
 * @param {string | undefined} reference the path that `scope` is about, if it is about one
 * @param {string} what needs it, such as `record()`
 * @throws {OnescopeError} `ERR_ONESCOPE_PERMISSION`
 */
export function requirePermission(scope, reference, what) {
  const permission = /** @type {{ permission?: { has(scope: string, reference?: string): boolean } }} */ (process)
    .permission;
  const flag = FLAGS[scope];
  // Without its flag, `has` is false for a scope that nothing restricts.
  if (permission === undefined || !process.allowedNodeEnvironmentFlags.has(flag)) return;
  if (permission.has(scope, reference)) return;
  const [target, grant] = reference === undefined ? ["", flag] : [` to ${reference}`, `${flag}=${reference}`];
  throw new OnescopeError(
    CODES.PERMISSION,
    `Node's permission model (--permission) denies ${scope}${target}, which ${what} needs; start Node with ${grant}, or do ` +
      `not call ${what}`,
  );
}
