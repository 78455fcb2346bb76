// Calls the public API at random with hostile arguments, and prints which errors came out that are not onescope's.
// usage: node hostile-calls.mjs SEED FOLDER CALLS

import { AsyncLocalStorage } from "node:async_hooks";
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
import { generators, Hostile, VALUES } from "./hostile-values.mjs";

const [seed, folder, calls] = process.argv.slice(2);
process.chdir(folder);
const random = randomFrom("hostile calls", seed);
const { below, pick, value, options, any } = generators(random);

const [outer, inner] = [new SlotStorage(), new SlotStorage()];
const context = createRequestContext();
runWithRequestContext(context, () => {});
const slots = [
  registerSlot("hostile.scope"),
  registerSlot("hostile.flag", { kind: "flag", lifetime: "request" }),
  registerSlot("hostile.enum", { kind: "enum", variants: ["a", 1], lifetime: "request" }),
  registerSlot("hostile.counter", { kind: "counter", lifetime: "request" }),
  registerSlot("hostile.map", { kind: "lazy", lifetime: "request", make: () => new Map() }),
];

/** An id in half of the calls, so that the other arguments are checked too. */
const contextId = () => (random() < 0.5 ? store.id(context) : any());
const slotId = () => (random() < 0.5 ? pick(slots).id : any());
const rest = () => Array.from({ length: below(3) }, any);
const stop = (/** @type {any} */ started) => started.stop();

/** What calls functions of the caller's passes on what they throw; a class or a proxy can be one that cannot be called. */
const CALLS_BACK = ["runTask", "Slot.run", "lazy"];

/** @type {Record<string, () => unknown>} */
const CALLS = {
  registerSlot: () => registerSlot(pick([value(), `hostile.${below(200)}`]), pick([any(), options()])),
  lazy: () => {
    const make = pick(VALUES.map((made) => made()).filter((made) => typeof made === "function"));
    return registerSlot(`hostile.lazy.${below(1e6)}`, { kind: "lazy", lifetime: "request", make }).get();
  },
  make: () => {
    const given = value();
    const make = typeof given === "function" ? null : given;
    return registerSlot(`hostile.make.${below(1e6)}`, { kind: "lazy", lifetime: "request", make }).get();
  },
  "Slot.run": () => /** @type {any} */ (slots[0]).run(any(), any()),
  "Slot.set": () => /** @type {any} */ (pick(slots.slice(1))).set(any()),
  "Slot.get": () => /** @type {any} */ (pick(slots)).get(...rest()),
  "store.slots": () => /** @type {any} */ (store).slots(...rest()),
  "store.contexts": () => store.contexts(any()),
  "store.id": () => store.id(any()),
  "store.read": () => store.read(contextId(), slotId()),
  "store.write": () => store.write(contextId(), slotId(), any()),
  "store.label": () => store.label(contextId()),
  "store.setLabel": () => store.setLabel(contextId(), any()),
  "store.state": () => store.state(contextId()),
  "store.storages": () => /** @type {any} */ (store).storages(...rest()),
  inFlight: () => inFlight(any()),
  counters: () => /** @type {any} */ (counters)(...rest()),
  histograms: () => /** @type {any} */ (histograms)(...rest()),
  leaks: () => leaks(any()),
  trackLeaks: () => stop(/** @type {any} */ (trackLeaks)(...rest())),
  trackRequests: () => stop(/** @type {any} */ (trackRequests)(...rest())),
  releaseOnClose: () => releases.push(releaseOnClose()),
  label: () => label(any()),
  runTask: () => runTask(pick([value(), "work"]), any()),
  watch: () => stop(watch(any())),
  record: () => {
    const { keep, maxBytes, strict } = /** @type {any} */ (plain(options()));
    stop(record(pick([any(), { keep, maxBytes, strict, directory: pick(["flights", value()]) }])));
  },
  serve: () => stop(serve(pick([value() ?? null, { ...plain(options()), port: pick([0, value()]) }]))),
};

/** Only what it can be spread from. */
function plain(/** @type {object} */ made) {
  try {
    return { ...made };
  } catch {
    return {};
  }
}

/** Calls of a storage, also made on one of Node's own: the errors are the same. @type {Array<(Class: any, given: any[]) => unknown>} */
const STORAGE_CALLS = [
  (Class, [x]) => new Class(x),
  (Class, [x]) => new Class(x).name,
  (Class, [x, fn, arg]) => new Class().run(x, fn, arg),
  (Class, [fn, arg]) => new Class().exit(fn, arg),
  (Class, [x, fn]) => {
    const made = new Class();
    return made.run(x, () => made.exit(fn));
  },
  (Class, [x]) => new Class().getStore(x),
  (Class, [x]) => new Class().disable(x),
  (Class, [fn, x]) => Class.bind(fn)(x),
  (Class, [fn, x]) => Class.snapshot()(fn, x),
];

/** @param {() => unknown} call @returns {any} what it throws */
function thrown(call) {
  try {
    const result = call();
    // A call may start what fails later, by itself, as the caller intended.
    if (result instanceof Promise) result.catch(() => {});
  } catch (error) {
    return error ?? new Error(`it throws ${error}`);
  }
  return undefined;
}

/** @type {string[]} */
const wrong = [];
const releases = [];
/** @type {Record<string, number>} */
const codes = {};

/** @param {string} name @param {any} error */
function check(name, error) {
  if (error === undefined) return;
  const code = String(error.code);
  if (error instanceof Error && code.startsWith("ERR_ONESCOPE_")) codes[code] = (codes[code] ?? 0) + 1;
  else if (!(CALLS_BACK.includes(name) && (error instanceof Hostile || error instanceof TypeError)))
    wrong.push(`${name}: ${error.stack ?? error}`);
}

function storageCall() {
  const call = pick(STORAGE_CALLS);
  const given = Array.from({ length: 3 }, any);
  const [ours, nodes] = [SlotStorage, AsyncLocalStorage].map((Class) => thrown(() => call(Class, given)));
  // A proxy that throws is read at other places: what it throws then differs.
  const isCallers =
    [ours, nodes].some((error) => error instanceof Hostile) && ours !== undefined && nodes !== undefined;
  if (!isCallers && (ours?.constructor !== nodes?.constructor || ours?.code !== nodes?.code)) {
    wrong.push(`${call}: ${ours?.stack ?? ours}, where Node's own class has ${nodes}`);
  }
}

function callOne() {
  const name = random() < 0.25 ? "SlotStorage" : pick(Object.keys(CALLS));
  if (name === "SlotStorage") storageCall();
  else check(name, thrown(CALLS[name]));
  const [a, b] = [outer.getStore(), inner.getStore()];
  if (a !== "outer" || b !== "inner") wrong.push(`${name} leaves ${String(a)}, ${String(b)}`);
}

for (let left = Number(calls); left > 0; left--) {
  const run = () => outer.run("outer", () => inner.run("inner", callOne));
  if (random() < 0.5) runWithRequestContext(context, run);
  else run();
  if (outer.getStore() !== undefined || inner.getStore() !== undefined) wrong.push("a scope was left");
  // What was started ends in turns of its own.
  if (left % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
}
for (const release of releases) release.stop();
const outside = thrown(() => label("outside"));
if (outside?.code !== "ERR_ONESCOPE_NO_CONTEXT") wrong.push(`label() outside: ${outside}`);
console.log(JSON.stringify({ wrong: [...new Set(wrong)], codes, counts: store.counts() }));
process.exit();
