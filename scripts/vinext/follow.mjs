import { join, relative } from "node:path";
import { ROOT } from "../setup.mjs";
import { addKnown, baseOf, knownVersions, TABLE } from "./known.mjs";
import { runPrograms } from "./programs.mjs";
import { CACHE, fetchRelease } from "./release.mjs";
import { compareTexts, coreDifferences, newUsers } from "./texts.mjs";

export const HOW_TO = "docs/how-to/vinext-release.md";

/** @param {string} line */
const progress = (line) => console.error(`vinext: ${line}${line.startsWith(" ") ? "" : " …"}`);

/**
 * Compares a release of vinext with the known version before it, and adds it to the known versions if all is equal.
 *
 * @param {string} version
 * @param {{ accept?: boolean, only?: string, cache?: string, table?: string }} options whether texts may differ; a part of
 *   the path of the only specs to run; the other two for specs of this
 * @returns {Promise<number>} exit code
 */
export async function follow(version, { accept = false, only, cache = CACHE, table = TABLE }) {
  const started = performance.now();
  const base = baseOf(version);
  const release = await fetchRelease(version, { cache, progress });
  const before = await fetchRelease(base, { cache, progress });
  progress(`comparing texts with vinext ${base}'s`);
  const texts = compareTexts(before, release);
  const core = coreDifferences(release);
  const programs = core.some((line) => line.endsWith("is missing"))
    ? { passed: 0, failures: [] }
    : await runPrograms(release, { project: join(cache, version, "project"), only, progress });

  for (const { text } of texts.differences) console.log(`\n${text}`);
  for (const { spec, name, message } of programs.failures) console.log(`\n${spec}: ${name}\n${indent(message)}`);
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`\nvinext ${version}, compared with ${base} in ${seconds} s:`);
  console.log(`  texts: ${texts.equal.length} equal, ${texts.differences.length} differ`);
  for (const { path } of texts.differences) console.log(`    ${path}`);
  for (const line of core) console.log(`    the plugin does not replace ${line}`);
  const { passed, failures } = programs;
  console.log(`  tests of both variants: ${passed === 0 ? "not run" : `${passed} equal, ${failures.length} differ`}`);
  for (const { spec, name } of failures) console.log(`    ${spec}: ${name}`);
  for (const path of newUsers(before, release)) console.log(`  new, uses request state, stays vinext's: ${path}`);

  const known = knownVersions().includes(version);
  const acceptable = texts.differences.length === 0 || accept || known;
  if (!acceptable || core.length > 0 || failures.length > 0 || passed === 0) {
    console.log(`Nothing was written. What to do: ${HOW_TO}`);
    return 1;
  }
  if (known) {
    console.log("Known, and still equal.");
    return 0;
  }
  addKnown(version, release, table);
  const path = relative(ROOT, table);
  console.log(`Added to ${path}. Commit it:\n  git commit -m "vite: know vinext ${version}" ${path}`);
  return 0;
}

/** @param {string} text */
function indent(text) {
  return text.replaceAll(/^/gm, "  ");
}
