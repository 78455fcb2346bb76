// `npm run check:package`: packs the package for this machine and checks what npm would publish, as its users meet it.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { pack } from "./pack.mjs";
import { install, ROOT } from "./setup.mjs";

/**
 * @typedef {object} Packed
 * @property {Record<string, string>} archives by package, the path of its archive
 * @property {string} main path of the main package's archive
 * @property {string} folder an empty folder, removed at the end
 * @property {boolean} thorough also what takes longer than `npm test` has time for
 */

/** @typedef {{ problems: string[], skipped?: string }} Found `skipped` says why a check could not run */

const { values } = parseArgs({
  options: { thorough: { type: "boolean", default: false }, help: { type: "boolean", short: "h", default: false } },
});
if (values.help) {
  console.log(`usage: npm run check:package [-- --thorough]

  --thorough  also the size of the addon, known vulnerabilities, and the oldest supported TypeScript with every module
              resolution, not with one`);
  process.exit(0);
}

install(join(ROOT, "scripts/check-package"));
// Loaded only now: they import what was just installed.
const { checkEntries, checkManifests } = await import("./check-package/entries.mjs");
const { checkTypes } = await import("./check-package/types.mjs");
const { checkSizes } = await import("./check-package/sizes.mjs");
const { checkLocks } = await import("./check-package/locks.mjs");
const { checkAudit } = await import("./check-package/audit.mjs");
const { checkCrates } = await import("./check-package/crates.mjs");

/** @type {Record<string, (packed: Packed) => Promise<Found> | Found>} */
const CHECKS = {
  "manifests (publint)": checkManifests,
  "entries (arethetypeswrong)": checkEntries,
  "types (TypeScript)": checkTypes,
  sizes: checkSizes,
  "lock files": checkLocks,
  "vulnerabilities (npm audit)": checkAudit,
  "crates (cargo-deny)": checkCrates,
};

const folder = mkdtempSync(join(tmpdir(), "onescope-check-"));
try {
  const archives = pack({ host: true, out: join(folder, "packed") });
  const packed = { archives, main: archives.onescope, folder, thorough: values.thorough };
  for (const [name, check] of Object.entries(CHECKS)) {
    const { problems, skipped } = await check(packed);
    console.log(
      `${name}: ${problems.length > 0 ? "FAILED" : skipped === undefined ? "passed" : `skipped: ${skipped}`}`,
    );
    for (const problem of problems) console.error(`  ${problem}`);
    if (problems.length > 0) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
