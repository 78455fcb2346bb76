// Known vulnerabilities of the npm packages that the published ones need.

import { spawnSync } from "node:child_process";
import { ROOT } from "../setup.mjs";

/** @import { Found, Packed } from "../check-package.mjs" */

/**
 * @param {Packed} packed
 * @returns {Found}
 */
export function checkAudit({ thorough }) {
  // Found one day and not the day before, so it must not fail a test.
  if (!thorough) return { problems: [], skipped: "only with --thorough" };
  const { status, stdout, error } = spawnSync("npm", ["audit", "--omit=dev", "--json"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  if (status === 0) return { problems: [] };
  const { vulnerabilities, message } =
    stdout === "" ? { vulnerabilities: undefined, message: error?.message } : JSON.parse(stdout);
  if (vulnerabilities === undefined) return { problems: [], skipped: `the registry was not asked: ${message}` };
  return { problems: Object.entries(vulnerabilities).map(([name, { severity }]) => `${name}: ${severity}`) };
}
