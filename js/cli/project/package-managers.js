import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** @typedef {"npm" | "pnpm" | "yarn" | "bun"} PackageManagerName */

/**
 * @typedef {object} PackageManager
 * @property {PackageManagerName} name
 * @property {string | undefined} lockFile path
 */

/**
 * `exec` starts the command of an installed package, `add` installs it, `remove` uninstalls it, and `install` has the arguments
 * that install all: in CI, package managers refuse to change a lock file unless told.
 *
 * @type {Record<PackageManagerName, { exec: string, add: string, remove: string, install: string[], lockFiles: string[] }>}
 */
export const PACKAGE_MANAGERS = {
  npm: {
    exec: "npx",
    add: "npm install",
    remove: "npm uninstall",
    install: ["install", "--no-audit", "--no-fund"],
    lockFiles: ["package-lock.json", "npm-shrinkwrap.json"],
  },
  pnpm: {
    exec: "pnpm exec",
    add: "pnpm add",
    remove: "pnpm remove",
    install: ["install", "--no-frozen-lockfile"],
    lockFiles: ["pnpm-lock.yaml"],
  },
  yarn: { exec: "yarn", add: "yarn add", remove: "yarn remove", install: ["install"], lockFiles: ["yarn.lock"] },
  bun: {
    exec: "bunx",
    add: "bun add",
    remove: "bun remove",
    install: ["install"],
    lockFiles: ["bun.lock", "bun.lockb"],
  },
};

/**
 * @param {string} folder
 * @param {Record<string, any>} manifest
 * @returns {PackageManager}
 */
export function packageManagerOf(folder, manifest) {
  const { packageManager } = manifest;
  const named = typeof packageManager === "string" ? /^(npm|pnpm|yarn|bun)@/.exec(packageManager)?.[1] : undefined;
  const found = lockFileOf(folder);
  const agent = /^(npm|pnpm|yarn|bun)\//.exec(process.env.npm_config_user_agent ?? "")?.[1];
  const name = /** @type {PackageManagerName} */ (named ?? found?.name ?? agent ?? "npm");
  return { name, lockFile: found?.path };
}

/**
 * @param {string} folder
 * @returns {{ name: PackageManagerName, path: string } | undefined} the nearest, up to the repository's root
 */
function lockFileOf(folder) {
  for (const [name, { lockFiles }] of Object.entries(PACKAGE_MANAGERS)) {
    const path = lockFiles.map((file) => join(folder, file)).find((each) => existsSync(each));
    if (path !== undefined) return { name: /** @type {PackageManagerName} */ (name), path };
  }
  const parent = dirname(folder);
  return existsSync(join(folder, ".git")) || parent === folder ? undefined : lockFileOf(parent);
}
