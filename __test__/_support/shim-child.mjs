// Executes the programs that its parent sends on two copies of a state module: first ours or vinext's own, then vinext's.
// usage: node shim-child.mjs NAME ours|stock, as a child process

import { AsyncLocalStorage } from "node:async_hooks";
import { loadCopy } from "./graph.mjs";
import { execute } from "./shim-machine.mjs";
import { SHIMS } from "./shim-operations.mjs";

const [name, variant] = process.argv.slice(2);
const shim = SHIMS[name];
const paths = ["shims/unified-request-context", `shims/${name}`, ...shim.modules];

// On Node 22 async_hooks follow promises only once some storage is in use.
new AsyncLocalStorage().run(1, () => {});

// The second copy first, as in production, where the server's own is there before the app's bundle.
const second = await loadCopy("second", paths);
const first = await loadCopy(variant === "ours" ? "ours" : "first", paths);

const sample = Object.keys(shim.scopes).find((scope) => scope in first) ?? "cacheForRequest";
const isOurs = first[sample].toString() !== second[sample].toString();
if (isOurs !== (variant === "ours")) throw new Error(`the first copy is not ${variant}'s`);

const fallback = globalThis[Symbol.for(shim.fallback ?? "")];
const initial = structuredClone(fallback ?? {});

process.on("message", async ({ program }) => {
  if (fallback !== undefined) Object.assign(fallback, structuredClone(initial));
  process.send({ trace: await execute(program, { copies: [first, second], shim }) });
});
