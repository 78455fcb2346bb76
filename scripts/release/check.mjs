// Whether a tag can be released: every file that has the version says the same one, and the changelog has a section for it.
// usage: node scripts/release/check.mjs v1.2.3

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Where the version is: by file, what finds it. */
const VERSIONS = {
  "package.json": /^ {2}"version": "([^"]+)"/m,
  "package-lock.json": /^ {2}"version": "([^"]+)"/m,
  "Cargo.toml": /^version = "([^"]+)"/m,
  "Cargo.lock": /^name = "onescope"\nversion = "([^"]+)"/m,
};

/**
 * @param {string} tag
 * @param {(path: string) => string} read the text of a file of the repository
 * @returns {string[]} what is wrong
 */
export function problemsOf(tag, read) {
  const version = /^v(\d+\.\d+\.\d+(?:-[\w.]+)?)$/.exec(tag)?.[1];
  if (version === undefined) return [`${tag} is no tag of a release, such as v1.2.3 or v1.2.3-beta.1`];
  const problems = Object.entries(VERSIONS).flatMap(([path, pattern]) => {
    const found = pattern.exec(read(path))?.[1];
    return found === version ? [] : [`${path} has version ${found}, the tag ${version}`];
  });
  const sections = read("CHANGELOG.md").split(/^## /m).slice(1);
  const section = sections.find((text) => text.startsWith(`${version} `) || text.startsWith(`[${version}] `));
  const [heading, ...body] = section?.split("\n") ?? [];
  if (heading === undefined) problems.push(`CHANGELOG.md has no section "## ${version} - YYYY-MM-DD"`);
  else if (!/ - \d{4}-\d\d-\d\d$/.test(heading)) problems.push(`CHANGELOG.md has no date for ${version}: "${heading}"`);
  else if (body.join("").trim() === "") problems.push(`CHANGELOG.md says nothing about ${version}`);
  return problems;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problems = problemsOf(process.argv[2] ?? "", (path) => readFileSync(join(ROOT, path), "utf8"));
  for (const problem of problems) console.error(`onescope: ${problem}`);
  if (problems.length > 0) process.exit(1);
}
