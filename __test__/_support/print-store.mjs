// Preloaded into a server under test: prints what its store holds, as one line of JSON, on SIGUSR2.

import { entry } from "../../js/async-context/entry.js";
import { SlotStorage } from "../../js/async-context/slot-storage.js";
import { RequestContext } from "../../js/request/request-context.js";
import { store } from "../../js/store.js";

// A stock copy of vinext's module makes a child context by spreading its parent, which loses every field of ours that is an accessor.
// Such a copy is entered like any context, and is recognized by our inner fields on an object that is not of our class.
let spreadCopies = 0;
for (const method of /** @type {const} */ (["run", "enterWith"])) {
  const original = /** @type {Function} */ (SlotStorage.prototype[method]);
  /** @this {unknown} */
  function checked(/** @type {unknown} */ value, /** @type {unknown[]} */ ...rest) {
    const isObject = typeof value === "object" && value !== null;
    if (isObject && Object.hasOwn(value, "$values") && !(value instanceof RequestContext)) spreadCopies++;
    return original.call(this, value, ...rest);
  }
  SlotStorage.prototype[method] = /** @type {any} */ (checked);
}

process.on("SIGUSR2", () => {
  const current = /** @type {any} */ (globalThis)[Symbol.for("vinext.unifiedRequestContext.als")];
  console.log(
    JSON.stringify({
      counts: store.counts(),
      storages: store.storages(),
      entry: { allSlots: entry.allSlots, watched: entry.watched },
      spreadCopies,
      leaked: current?.getStore() instanceof RequestContext,
    }),
  );
});
