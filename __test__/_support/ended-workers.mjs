// Ends workers inside every call of onescope and onescope/inspect, then prints the state of the process and its counters.
// usage: node --expose-gc ended-workers.mjs SEED FOLDER

import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { registerSlot, SlotStorage, store } from "../../js/index.js";
import {
  counters,
  histograms,
  inFlight,
  label,
  leaks,
  record,
  releaseOnClose,
  runTask,
  serve,
  trackLeaks,
  trackRequests,
  watch,
} from "../../js/inspect.js";
import { createRequestContext, runWithRequestContext } from "../../shims/unified-request-context.js";
import { randomFrom } from "../parity/random.mjs";
import { afterCollection } from "./wait.mjs";

const [seed, folder] = isMainThread ? process.argv.slice(2) : ["", workerData.folder];
const storage = new SlotStorage();
const scopeSlot = registerSlot("ended.scope");
const flag = registerSlot("ended.flag", { kind: "flag", lifetime: "request" });
const list = registerSlot("ended.list", { kind: "lazy", lifetime: "request", make: () => [] });

let registered = 0;
/** A live context of this thread, for calls that take an id. */
const context = createRequestContext();
runWithRequestContext(context, () => {});
const contextId = () => store.id(context) ?? 0;
const inRequest = (/** @type {() => unknown} */ fn) => () => runWithRequestContext(createRequestContext(), fn);
const nothing = () => {};

/** @type {Record<string, () => unknown>} */
const CALLS = {
  "SlotStorage.run": () => storage.run(1, nothing),
  "SlotStorage.enterWith": () => storage.enterWith({}),
  "SlotStorage.exit": () => storage.run(1, () => storage.exit(nothing)),
  "SlotStorage.disable": () => storage.run(1, () => storage.disable()),
  "new SlotStorage": () => new SlotStorage().run(1, nothing),
  "SlotStorage.snapshot": () => storage.run(1, () => SlotStorage.snapshot())(nothing),
  "SlotStorage.bind": () => storage.run(1, () => SlotStorage.bind(nothing))(),
  // The registry is the process's and keeps what it gets.
  registerSlot: () => registerSlot(`ended.${registered++ % 50}`, { kind: "value", lifetime: "request" }),
  "ScopeSlot.run": () => scopeSlot.run(1, () => scopeSlot.get()),
  "RequestSlot.set": inRequest(() => flag.set(!flag.get())),
  "RequestSlot.get": inRequest(() => list.get()),
  "store.slots": () => store.slots(),
  "store.contexts": () => store.contexts({ children: true }),
  "store.counts": () => store.counts(),
  "store.id": () => contextId(),
  "store.read": () => store.read(contextId(), flag.id),
  "store.write": () => store.write(contextId(), flag.id, true),
  "store.label": () => store.label(contextId()),
  "store.setLabel": () => store.setLabel(contextId(), "ended"),
  "store.state": () => store.state(contextId()),
  "store.storages": () => store.storages(),
  inFlight: () => inFlight({ label: "e" }),
  counters: () => counters(),
  histograms: () => histograms(),
  leaks: () => leaks(),
  trackLeaks: () => trackLeaks().stop(),
  trackRequests: () => trackRequests().stop(),
  releaseOnClose: () => releaseOnClose().stop(),
  "releaseOnClose at work": inRequest(() => list.get()),
  label: () => runTask("ended", () => label("ended work")),
  runTask: () => runTask("ended", nothing),
  "runTask that waits": () => runTask("ended", () => sleep(1)),
  record: () => record({ directory: join(folder, "flights") }),
  "watch and stop": () => watch({ thresholdMs: 1000 }).stop(),
  watch: () => watch({ thresholdMs: 1000, onStall: nothing }),
  "serve and stop": () => serve({ port: 0 }).stop(),
  serve: () => serve({ port: 0 }),
};

/** Workers at once. */
const AT_ONCE = 3;
const MOST_MS = 4;
/** A worker that was not ended by then ends by itself. */
const ENDLESS_MS = 5000;

if (isMainThread) await endWorkers();
else work(workerData.name);

async function endWorkers() {
  const random = randomFrom("ended workers", seed);
  runWithRequestContext(context, () => flag.set(true));
  const start = store.counts();
  const names = Object.keys(CALLS);
  /** @type {string[]} */
  const errors = [];
  let ended = 0;
  const take = async () => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const worker = new Worker(new URL(import.meta.url), { workerData: { name, folder } });
      worker.once("error", (error) => errors.push(`${name}: ${error}`));
      await Promise.race([once(worker, "message"), once(worker, "exit")]);
      // Busy: a timer's least is 1 ms, and most calls take far less.
      const end = performance.now() + random() * MOST_MS;
      while (performance.now() < end);
      await worker.terminate();
      ended++;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, take));
  const left = await afterCollection(store.counts, ({ livePages, threads }) => livePages <= 1 && threads === 1);
  const after = Object.fromEntries(Object.entries(CALLS).map(([name, call]) => [name, outcomeOf(call)]));
  console.log(JSON.stringify({ calls: Object.keys(CALLS).length, ended, errors, start, left, after }));
  process.exit();
}

/** @param {() => unknown} call @returns {string} code of what it throws */
function outcomeOf(call) {
  try {
    const result = /** @type {any} */ (call());
    if (typeof result?.stop === "function") result.stop();
    return "ok";
  } catch (error) {
    return /** @type {any} */ (error).code ?? String(error);
  }
}

/** @param {string} name */
function work(name) {
  const call = CALLS[name];
  if (name === "releaseOnClose at work") releaseOnClose();
  // One that fails at once would never be inside the call.
  runWithRequestContext(context, () => flag.set(true));
  outcomeOf(call);
  parentPort?.postMessage("working");
  // Under async_hooks Node loses a termination that arrives while an addon makes a function for other threads: the init hook
  // runs inside that call. So the loop ends by itself, long after `terminate()` was called, and then the worker does too.
  const end = performance.now() + ENDLESS_MS;
  while (performance.now() < end) outcomeOf(call);
}
