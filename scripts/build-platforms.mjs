// `npm run build:platforms`: see USAGE.

import { copyFileSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { PLATFORMS } from "../js/store/native/platforms.js";
import { ADDONS, addonIn, platformNamed } from "./platforms/addons.mjs";
import { build } from "./platforms/build.mjs";
import { checkAddon, checkSize, GLIBC_FLOOR } from "./platforms/check-addon.mjs";
import { ROOT } from "./setup.mjs";

/** @import { Platform } from "../js/store/native/platforms.js" */

const USAGE = `usage: npm run build:platforms [-- --target TARGET]...

Builds the addons that are published, into addons/, and checks each: that it is for its platform, small enough, needs no glibc
after ${GLIBC_FLOOR}, and names no folder of this machine. A Linux machine builds those for Linux and macOS, with zig, which it installs
into target/build-tools, and Rust's own linker; those for Windows are type-checked there and built on Windows. It needs rustup,
Python 3 with venv, and the network. Each takes some minutes.

  --target TARGET  only this platform, by its name or as Rust names it; can be repeated:
${PLATFORMS.map(({ name, target }) => `                     ${name.padEnd(17)}${target}`).join("\n")}`;

/**
 * Builds one platform's addon, and puts it into `addons/` if it passes the checks.
 *
 * @param {Platform} platform
 * @returns {string} what came of it
 */
function buildInto(platform) {
  const library = build(platform);
  if (library === undefined) return "type-checked; its addon is built on Windows";
  const bytes = readFileSync(library);
  const { packed, problems: sizeProblems } = checkSize(bytes);
  const { glibc, problems: otherProblems } = checkAddon(platform, bytes);
  const problems = [...otherProblems, ...sizeProblems];
  if (problems.length > 0) throw new Error(`${relative(ROOT, library)}: ${problems.join("; ")}`);
  const addon = addonIn(ADDONS, platform);
  mkdirSync(ADDONS, { recursive: true });
  copyFileSync(library, `${addon}.new`);
  renameSync(`${addon}.new`, addon);
  return `${relative(ROOT, addon)}, ${Math.ceil(packed / 1000)} kB packed${glibc === undefined ? "" : `, needs glibc ${glibc}`}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const { values } = parseArgs({
      options: {
        target: { type: "string", multiple: true, default: [] },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) {
      console.log(USAGE);
    } else {
      const platforms = values.target.length === 0 ? PLATFORMS : values.target.map(platformNamed);
      for (const [index, platform] of platforms.entries()) {
        const started = Date.now();
        console.log(`${index + 1}/${platforms.length} ${platform.name} …`);
        const result = buildInto(platform);
        console.log(
          `${index + 1}/${platforms.length} ${platform.name}: ${result} (${Math.round((Date.now() - started) / 1000)} s)`,
        );
      }
    }
  } catch (error) {
    console.error(`onescope: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
