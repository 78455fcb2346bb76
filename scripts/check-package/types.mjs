// Whether strict programs that import every entry compile, also where the declarations of packages are checked.

import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { EXAMPLE, ROOT } from "../setup.mjs";
import { readEntries } from "./entries.mjs";

/** @import { Found, Packed } from "../check-package.mjs" */

/** The oldest TypeScript that the types of Node support, and the current one. */
const OLDEST = join(ROOT, "scripts/check-package/node_modules/typescript-5/bin/tsc");
const CURRENT = join(ROOT, "node_modules/typescript/bin/tsc");

/** What `module` goes with each `moduleResolution`. */
const RESOLUTIONS = { node16: "node16", nodenext: "nodenext", bundler: "esnext" };

/** Optional peers, where they are installed here, and the entries that need them. */
const PEERS = [
  { name: "@opentelemetry/api", from: ROOT, needs: /^\.\/opentelemetry$/ },
  { name: "vinext", from: EXAMPLE, needs: /^\.\/shims\/(?!unified-request-context$|internal\/als-registry$)/ },
];

/** How many compilers run at once. */
const AT_ONCE = 2;

/**
 * @param {Packed} packed
 * @returns {Promise<Found>}
 */
export async function checkTypes({ main, folder, thorough }) {
  const bare = await consumer(join(folder, "bare"), main, []);
  const full = await consumer(join(folder, "full"), main, PEERS);
  const programs = Object.keys(RESOLUTIONS).flatMap((resolution) => [
    ...(thorough || resolution === "nodenext" ? [{ compiler: OLDEST, app: full, resolution }] : []),
    { compiler: CURRENT, app: bare, resolution },
    { compiler: CURRENT, app: full, resolution },
  ]);
  /** @type {string[]} */
  const problems = [];
  const take = async () => {
    for (let program = programs.shift(); program !== undefined; program = programs.shift()) {
      problems.push(...(await compile(program)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, take));
  return { problems };
}

/**
 * Writes an app that imports every entry for which it has the peers.
 *
 * @param {string} app folder to make
 * @param {string} archive
 * @param {typeof PEERS} peers
 */
async function consumer(app, archive, peers) {
  const target = join(app, "node_modules/onescope");
  mkdirSync(target, { recursive: true });
  execFileSync("tar", ["-xzf", archive, "-C", target, "--strip-components", "1"]);
  for (const { name, from } of [{ name: "@types/node", from: ROOT }, ...peers]) {
    const link = join(app, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(from, "node_modules", name), link, "junction");
  }
  const { entries } = await readEntries(target);
  const missing = PEERS.filter((peer) => !peers.includes(peer));
  const imported = entries.filter((entry) => !missing.some(({ needs }) => needs.test(entry)));
  const source = imported.map(
    (entry, index) => `export * as e${index} from ${JSON.stringify(`onescope${entry.slice(1)}`)};`,
  );
  writeFileSync(join(app, "package.json"), JSON.stringify({ private: true, type: "module" }));
  writeFileSync(join(app, "app.ts"), `${source.join("\n")}\n`);
  return app;
}

/**
 * @param {{ compiler: string, app: string, resolution: string }} program
 * @returns {Promise<string[]>} errors in the app and in onescope
 */
function compile({ compiler, app, resolution }) {
  const module = RESOLUTIONS[/** @type {keyof typeof RESOLUTIONS} */ (resolution)];
  // The DOM for vinext's declarations, which name it.
  const options = ["--noEmit", "--strict", "--skipLibCheck", "false", "--target", "es2022", "--lib", "esnext,dom"];
  options.push("--types", "node", "--module", module, "--moduleResolution", resolution, "app.ts");
  return new Promise((resolve) => {
    execFile(process.execPath, [compiler, ...options], { cwd: app, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      const lines = stdout.split("\n").filter((line) => line !== "");
      // What vinext's declarations lack is not ours: they name packages that an app has and this one has not.
      const ours = lines.filter((line) => /^(app\.ts|node_modules[/\\]onescope[/\\]|error )/.test(line));
      if (error !== null && lines.length === 0) ours.push(stderr.trim() || error.message);
      const which = compiler === OLDEST ? "oldest" : "current";
      resolve(ours.map((line) => `${resolution}, ${which} TypeScript: ${line}`));
    });
  });
}
