// Preloaded into a server under test: every request with the header `x-leak` gets 1 MiB more and leaves a timer behind.
// RELEASE=1 turns releaseOnClose on. On SIGUSR2 it prints memory and leaks, as one line of JSON. Needs --expose-gc.

import { leaks, releaseOnClose, trackLeaks } from "onescope/inspect";
import { currentRequest } from "../../js/request/current.js";
import { store } from "../../js/store.js";
import { collectGarbage } from "./wait.mjs";

const MIB = 1024 * 1024;

trackLeaks();
if (process.env.RELEASE === "1") releaseOnClose();

/** @type {WeakSet<object>} */
const leaked = new WeakSet();
const { setTimeout } = globalThis;
globalThis.setTimeout = /** @type {any} */ (
  (/** @type {Parameters<typeof setTimeout>} */ ...args) => {
    const urls = currentRequest()?.dynamicFetchUrls;
    if (urls !== undefined && !leaked.has(urls) && currentRequest().headersContext?.headers.has("x-leak")) {
      leaked.add(urls);
      urls.add(Buffer.alloc(MIB, 1));
      setInterval(() => {}, 1 << 30).unref();
    }
    return setTimeout(...args);
  }
);

process.on("SIGUSR2", async () => {
  let used = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 10; i++) {
    await collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { heapUsed, external } = process.memoryUsage();
    used = Math.min(used, heapUsed + external);
  }
  console.log(JSON.stringify({ counts: store.counts(), usedMiB: used / MIB, leaks: leaks() }));
});
