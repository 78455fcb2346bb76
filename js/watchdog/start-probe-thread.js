import { readFileSync, realpathSync } from "node:fs";
import { join, sep } from "node:path";
import { backend } from "../store/backend.js";
import { packageFolder } from "../util/package-folder.js";
import { otherRuntime } from "../util/runtime.js";
import { warn } from "../util/warn.js";

const BUNDLED = "bundled: mark onescope external, or install the same version where the bundle runs";

/**
 * Starts the worker thread that probes blocked threads. It keeps no process alive, loads none of the program's preloads, and
 * nobody watches it. Where there can be none, a warning says why.
 *
 * @returns {{ stop(): void } | undefined}
 */
export function startHelper() {
  // Bun and Deno have no session across threads; `watch()` has said so.
  if (otherRuntime !== undefined) return undefined;
  const folder = packageFolder();
  const barred = helperBarred();
  if (barred !== undefined || folder === undefined) {
    warn(`onescope reports stalls without stacks: ${barred ?? BUNDLED}`);
    return undefined;
  }
  // Not imported: bundlers that find a worker insist on bundling its file.
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  const path = join(folder, "js/watchdog/probe-thread.js");
  // Yarn's Plug'n'Play has the package on disk (`preferUnplugged`) under a name that only the program's own loaders know.
  const worker = new Worker(process.versions.pnp === undefined ? path : realpathSync(path), {
    name: "onescope",
    // NODE_OPTIONS names preloads as execArgv does, so it gets its own environment.
    env: { ONESCOPE_NATIVE_PATH: backend.path },
    execArgv: [],
    stdin: false,
    resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4, stackSizeMb: 1 },
    workerData: { cwd: process.cwd() + sep, own: [join(folder, "js", sep), join(folder, "shims", sep)] },
  });
  worker.on("error", (error) => warn(`onescope reports stalls without stacks: ${error}`));
  worker.unref();
  // Not terminated: a thread that ends with an inspector connection open can take the process with it.
  return { stop: () => worker.postMessage("leave") };
}

/** @returns {string | undefined} why blocked threads cannot be probed in this process; `undefined` if they can */
function helperBarred() {
  /** @type {{ permission?: { has(scope: string): boolean }, features: { inspector?: boolean } }} */
  const { permission, features } = process;
  if (!features.inspector) return "this Node was built without the inspector";
  // Without the permission Node does not refuse: it aborts the process.
  if (permission !== undefined && !(permission.has("inspector") && permission.has("worker")))
    return "the permission model denies the inspector or workers; start Node with --allow-inspector and --allow-worker";
  // A worker reserves much of it at once, and V8 ends the process if it cannot.
  if (isSpaceLimited()) return "the address space of this process is limited; start it after `ulimit -v unlimited`";
  return undefined;
}

function isSpaceLimited() {
  if (process.platform !== "linux") return false;
  try {
    return /^Max address space +\d/m.test(readFileSync("/proc/self/limits", "latin1"));
  } catch {
    return false;
  }
}
