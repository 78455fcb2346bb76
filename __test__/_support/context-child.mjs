import { AsyncLocalStorage } from "node:async_hooks";
import { createWorld, execute } from "./context-machine.mjs";
import { collectGarbage } from "./wait.mjs";

// Executes the programs that its parent sends with the class that `node:async_hooks` exports in this process.

const { mode, nodeHooks } = await import("../../js/async-context/node-hooks.js");
const slots = AsyncLocalStorage !== nodeHooks.AsyncLocalStorage;
const { entry } = await import("../../js/async-context/entry.js");

// On Node 22 async_hooks follow promises only once some storage is in use.
new AsyncLocalStorage().run(1, () => {});

let executed = 0;
process.on("message", async ({ program }) => {
  if (program === undefined) {
    const fast = slots && mode.frames && entry.allSlots && !entry.watched;
    process.send({ state: { slots, fast } });
    return;
  }
  if (executed++ % 64 === 63) await collectGarbage();
  const trace = await execute(program, createWorld(AsyncLocalStorage, mode.frames, { count: 3 }));
  process.send({ trace });
});
