import { spawnSync } from "node:child_process";
import { relative } from "node:path";
import { PACKAGE_MANAGERS } from "../project/package-managers.js";
import { findPackage } from "../project/packages.js";
import { noteChanges } from "./record.js";

/** @import { Project } from "../project/project.js" */

/** @param {Project} project @returns {boolean} whether the app has the package already */
export function isInstalled({ folder }) {
  return findPackage(folder, "onescope") !== undefined;
}

/**
 * Installs with the project's package manager, whose changes of package.json and the lock file are noted.
 *
 * @param {Project} project
 * @returns {string | undefined} what went wrong
 */
export function install({ folder, packageManager: { name, lockFile } }) {
  const { install: args, lockFiles } = PACKAGE_MANAGERS[name];
  const locks = lockFile === undefined ? lockFiles : [relative(folder, lockFile)];
  const { status, error } = noteChanges(folder, ["package.json", ...locks], () =>
    spawnSync(name, args, {
      cwd: folder,
      stdio: "inherit",
      shell: process.platform === "win32",
      env: { ...process.env, YARN_ENABLE_IMMUTABLE_INSTALLS: "false" },
    }),
  );
  if (error !== undefined) return `${name} does not start: ${error.message}`;
  return status === 0 ? undefined : `${name} ${args.join(" ")} ended with ${status}`;
}
