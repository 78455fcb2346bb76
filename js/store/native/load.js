import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { LAYOUT } from "../../generated/slot-table.js";
import { ONESCOPE_NATIVE_PATH } from "../../util/env.js";
import { withOwnErrors } from "../../util/errors.js";
import { PLATFORMS } from "./platforms.js";

/** @import { Backend, Diagnostics, Recorder, Store, Watchdog } from "./contract.js" */

// `createRequire`, not `import`: Vite's module runners cannot load an addon, and Node's own loader is always there.
const require = createRequire(import.meta.url);

const nothing = () => {};

/** Calls that return JSON: what they return has many fields. */
const JSON_CALLS = new Set([
  "abandoned",
  "confirmedStalls",
  "contexts",
  "counts",
  "inFlight",
  "latencies",
  "readFlight",
  "recordUsage",
]);

/**
 * Loads the addon from `ONESCOPE_NATIVE_PATH` if that is set, else from beside this file, where the build puts it, else
 * from the platform's package, which npm installs with this one.
 *
 * @returns {{ native?: Backend, reasons: string[] }} the addon, or every reason why there is none
 */
export function loadNative() {
  const beside = fileURLToPath(new URL(`./onescope.${process.platform}-${process.arch}.node`, import.meta.url));
  const path = ONESCOPE_NATIVE_PATH ?? (existsSync(beside) ? beside : (installed() ?? beside));
  if (!existsSync(path)) {
    const hint =
      ONESCOPE_NATIVE_PATH === undefined ? "not built for this platform" : "ONESCOPE_NATIVE_PATH does not name a file";
    return { reasons: [`${path}: ${hint}`] };
  }
  try {
    const store = /** @type {Store & Watchdog & Recorder & Diagnostics} */ (
      Object.fromEntries(Object.entries(require(path)).map(([name, fn]) => [name, imported(name, fn)]))
    );
    const hash = store.layoutHash();
    if (hash !== LAYOUT.hash) {
      return { reasons: [`${path}: built for record layout ${hash}, this package has ${LAYOUT.hash}; rebuild it`] };
    }
    const parts = { watchdog: store, recorder: store, diagnostics: store };
    const added = { reasons: [], path, ...parts, childCreated: nothing, closed: nothing };
    return { native: { ...store, ...added, name: "native" }, reasons: [] };
  } catch (error) {
    return { reasons: [`${path}: ${error instanceof Error ? error.message : error}`] };
  }
}

/** @returns {string | undefined} the addon of this platform's package */
function installed() {
  for (const { name, platform, arch } of PLATFORMS) {
    if (platform !== process.platform || arch !== process.arch) continue;
    try {
      return require.resolve(`@onescope/${name}`);
    } catch {}
  }
}

/**
 * @param {string} name
 * @param {(...args: any[]) => any} fn an export of the addon
 * @returns {any}
 */
function imported(name, fn) {
  const call = withOwnErrors(fn);
  return JSON_CALLS.has(name) ? (/** @type {any[]} */ ...args) => JSON.parse(call(...args)) : call;
}
