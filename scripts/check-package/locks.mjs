// Whether each lock file in the repository pins every package to its content, and leaves the address to npm's configuration.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../setup.mjs";

export function checkLocks() {
  const listed = execFileSync("git", ["ls-files", "package-lock.json", "**/package-lock.json"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  const paths = listed.split("\n").filter((path) => path !== "");
  const found = paths.flatMap((path) =>
    problemsOf(JSON.parse(readFileSync(join(ROOT, path), "utf8"))).map((text) => `${path}: ${text}`),
  );
  return { problems: paths.length === 0 ? ["no lock file found"] : found };
}

/**
 * @param {{ packages: Record<string, { link?: boolean, inBundle?: boolean, resolved?: string, integrity?: string }> }} lock
 * @returns {string[]}
 */
export function problemsOf({ packages }) {
  return Object.entries(packages).flatMap(([path, { link, inBundle, resolved, integrity }]) => {
    // The root, folders of the repository and what another archive brings have no archive of their own.
    if (!path.split("/").includes("node_modules") || link || inBundle) return [];
    return [
      ...(/^sha512-[\w+/]{86}==$/.test(integrity ?? "") ? [] : [`${path} has no sha512 integrity`]),
      ...(resolved === undefined
        ? []
        : [`${path} comes from ${resolved}; set omit-lockfile-registry-resolved=true and make the lock file again`]),
    ];
  });
}
