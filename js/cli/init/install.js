import { spawnSync } from "node:child_process";
import { relative } from "node:path";
import { findPackage } from "../project/packages.js";
import { noteChanges } from "./record.js";

/** @import { PackageManager, Project } from "../project/project.js" */

/** In CI, package managers refuse to change a lock file unless told. */
const COMMANDS = {
  npm: ["npm", "install", "--no-audit", "--no-fund"],
  pnpm: ["pnpm", "install", "--no-frozen-lockfile"],
  yarn: ["yarn", "install"],
  bun: ["bun", "install"],
};

const NEW_LOCK_FILES = {
  npm: ["package-lock.json"],
  pnpm: ["pnpm-lock.yaml"],
  yarn: ["yarn.lock"],
  bun: ["bun.lock", "bun.lockb"],
};

/** @param {PackageManager["name"]} name */
export function installCommand(name) {
  return `${name} install`;
}

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
  const locks = lockFile === undefined ? NEW_LOCK_FILES[name] : [relative(folder, lockFile)];
  const [command, ...args] = COMMANDS[name];
  const { status, error } = noteChanges(folder, ["package.json", ...locks], () =>
    spawnSync(command, args, {
      cwd: folder,
      stdio: "inherit",
      shell: process.platform === "win32",
      env: { ...process.env, YARN_ENABLE_IMMUTABLE_INSTALLS: "false" },
    }),
  );
  if (error !== undefined) return `${command} does not start: ${error.message}`;
  return status === 0 ? undefined : `${command} ${args.join(" ")} ended with ${status}`;
}
