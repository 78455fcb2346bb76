// What `runtimes.spec.mjs` has Bun and Deno run: it uses all of onescope, and prints the results as JSON.

import { AsyncLocalStorage } from "node:async_hooks";
import http from "node:http";
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { SlotStorage } from "onescope";
import { inFlight, leaks, record, runTask, serve, trackLeaks, trackRequests, watch } from "onescope/inspect";

const required = createRequire(import.meta.url)("node:async_hooks").AsyncLocalStorage;
const [flights] = process.argv.slice(-1);

/** @param {Worker} worker */
const ended = (worker) => new Promise((resolve) => worker.on("exit", resolve));

/** Storages of all kinds, entered in one another, read after what a program waits for. */
async function storages() {
  const all = [new SlotStorage(), new AsyncLocalStorage(), new required(), new SlotStorage()];
  const values = () => all.map((storage) => storage.getStore());
  const inside = all.reduceRight(
    (/** @type {() => any} */ next, storage, n) => () => storage.run(n, next),
    async () => {
      const bound = AsyncLocalStorage.bind(values);
      const resume = SlotStorage.snapshot();
      await sleep(5);
      await new Promise((resolve) => setImmediate(resolve));
      return { bound, resume, waited: values() };
    },
  );
  const { bound, resume, waited } = await inside();
  return { waited, bound: bound(), resumed: resume(values), outside: values().filter((value) => value !== undefined) };
}

const watching = watch({ thresholdMs: 150 });
trackRequests();
trackLeaks();
const diagnostics = serve({ port: 0 });
const recording = record({ directory: flights });
const worker = new Worker(new URL("in-runtime-worker.mjs", import.meta.url));
await ended(worker);

const server = http.createServer((_, response) => response.end(JSON.stringify(inFlight().map(({ label }) => label))));
await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
const requests = await (await fetch(`http://127.0.0.1:${port}/seen`)).json();

await sleep(200);
runTask("job", () => {
  const until = Date.now() + 900;
  while (Date.now() < until);
});
const threads = await (await fetch(`${diagnostics.url}in-flight`)).json();

const result = {
  swapped: { imported: AsyncLocalStorage === SlotStorage, required: required === SlotStorage },
  storages: await storages(),
  requests,
  shown: threads.pid === process.pid,
  flight: recording.path,
  leaks: leaks().held,
};
watching.stop();
diagnostics.stop();
recording.stop();
server.close();
console.log(JSON.stringify(result));
process.exit(0);
