import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

// Programs that some specs need and that npm does not bring. CI has them; elsewhere those specs are skipped without.

/** Set by CI: a spec that lacks its program fails. */
const REQUIRED = process.env.ONESCOPE_TEST_TOOLS === "required";

/**
 * @param {string} name of the program
 * @param {string} debian package that has it on Debian
 * @returns {{ path: string, skip: string | false }} what to run, and why the spec is skipped if it is
 */
export function tool(name, debian) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const path = folders.map((folder) => join(folder, name)).find((candidate) => existsSync(candidate));
  if (path !== undefined) return { path, skip: false };
  return { path: name, skip: REQUIRED ? false : `it needs ${name}: apt-get install ${debian}` };
}

/** Debian's Chromium, or the one that the environment variable CHROMIUM names. */
export function chromium() {
  const { CHROMIUM } = process.env;
  return CHROMIUM === undefined ? tool("chromium", "chromium") : { path: CHROMIUM, skip: /** @type {false} */ (false) };
}
