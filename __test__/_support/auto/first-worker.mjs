// Prints how many of three stores are still held after their runs, the first of which started the first worker.
// usage: node --expose-gc first-worker.mjs

import { AsyncLocalStorage } from "node:async_hooks";
import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";

// Node opens both for the first worker, in what is current then.
void [process.stdout, process.stderr];

const storage = new AsyncLocalStorage();
/** @type {WeakRef<object>[]} */
const stores = [];

for (let at = 0; at < 3; at++) {
  await storage.run({}, async () => {
    stores.push(new WeakRef(/** @type {object} */ (storage.getStore())));
    await once(new Worker("", { eval: true }), "exit");
  });
}
for (let times = 0; times < 10; times++) {
  await setImmediate();
  globalThis.gc?.();
}
console.log(JSON.stringify({ held: stores.filter((store) => store.deref() !== undefined).length }));
