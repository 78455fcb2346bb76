// Licences, sources and known vulnerabilities of the crates, and whether any is there twice: cargo-deny, by deny.toml.

import { spawnSync } from "node:child_process";
import { ROOT } from "../setup.mjs";

/** @import { Found, Packed } from "../check-package.mjs" */

/**
 * @param {Packed} packed
 * @returns {Found}
 */
export function checkCrates({ thorough }) {
  const found = spawnSync("cargo", ["deny", "--version"], { cwd: ROOT });
  if (found.error !== undefined || found.status !== 0) {
    return { problems: [], skipped: "cargo-deny was not found; install it with cargo install cargo-deny --locked" };
  }
  const rules = deny("bans", "licenses", "sources");
  if (rules.status !== 0) return { problems: [rules.output] };
  // Found one day and not the day before, so it must not fail a test.
  if (!thorough) return { problems: [] };
  const advisories = deny("advisories");
  if (advisories.status === 0) return { problems: [] };
  // Anything but a database that cannot be had is a finding.
  if (!advisories.output.includes("failed to fetch advisory database")) return { problems: [advisories.output] };
  const cause = /^fatal: .*/m.exec(advisories.output)?.[0] ?? advisories.output.split("\n")[0];
  return { problems: [], skipped: `advisories only: ${cause}` };
}

/** @param {string[]} checks */
function deny(...checks) {
  const { status, stdout, stderr } = spawnSync("cargo", ["deny", "check", ...checks], { cwd: ROOT, encoding: "utf8" });
  return { status, output: `${stdout}${stderr}`.trim() };
}
