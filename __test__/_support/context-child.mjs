import { AsyncLocalStorage } from "node:async_hooks";
import { collectGarbage } from "./collect.mjs";
import { createWorld, execute } from "./context-machine.mjs";

// Executes the programs that its parent sends with the class that `node:async_hooks` exports in this process.

const { real } = await import("../../js/async-context/node-storage.js");
const { mode } = await import("../../js/async-context/mode.js");
const slots = AsyncLocalStorage !== real.AsyncLocalStorage;
const { ways } = await import("../../js/async-context/entry.js");

// On Node 22 async_hooks follow promises only once some storage is in use.
new AsyncLocalStorage().run(1, () => {});

let executed = 0;
process.on("message", async ({ program }) => {
  if (program === undefined) {
    const fast = slots && mode.frames && ways.sealed && !ways.watched;
    process.send({ state: { slots, fast } });
    return;
  }
  if (executed++ % 64 === 63) await collectGarbage();
  const trace = await execute(program, createWorld(AsyncLocalStorage, mode.frames, { count: 3 }));
  process.send({ trace });
});
