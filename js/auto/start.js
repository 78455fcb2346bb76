import module from "node:module";
import { entry } from "../async-context/entry.js";
import { isWorker } from "../process/attach.js";
import { pathOf } from "../util/package-folder.js";
import { attempt, failed } from "./attempt.js";

// The features are loaded when they are needed: a launcher never needs them.

const require = module.createRequire(pathOf(import.meta.url));

const NAME = "onescope/auto";

/**
 * What `require` of an ES module throws in older versions of Node 22, or while the program imports the same module, and what it
 * throws in a bundle, which has the module in it.
 */
const REQUIRES_NO_MODULES = [
  "ERR_REQUIRE_ESM",
  "ERR_REQUIRE_ASYNC_MODULE",
  "ERR_REQUIRE_CYCLE_MODULE",
  "MODULE_NOT_FOUND",
];

/** What the workers of a process and its main thread know each other by. */
const CHANNEL = "onescope.auto";

let started = false;

// A worker that serves has the main thread start what is there once for a process, and ends with its last thread. The channel
// must not hold the request that starts the worker.
if (!isWorker) process.once("worker", () => attempt(NAME, () => entry.runOutside(listenForWorkers)));

function listenForWorkers() {
  if (started) return;
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = () => {
    channel.close();
    start();
  };
  /** @type {{ unref?(): void }} */ (channel).unref?.();
}

/** Starts everything, in the main thread; in a worker, its part. Called again, it does nothing. */
export function start() {
  if (started) return;
  started = true;
  try {
    // At once: the first request may come in this turn of the event loop.
    startFeatures(require("./features.js"));
  } catch (error) {
    if (!REQUIRES_NO_MODULES.includes(String(/** @type {{ code?: unknown }} */ (error)?.code)))
      return failed(NAME, error);
    import("./features.js").then(startFeatures).catch((cause) => failed(NAME, cause));
  }
}

/** @param {typeof import("./features.js")} features */
function startFeatures(features) {
  features.startThread();
  if (!isWorker) return features.startProcess();
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage("serving");
  channel.close();
}
