import { AsyncLocalStorage } from "node:async_hooks";
import { backend, SlotStorage, store } from "onescope";
import worker from "./worker.mjs";

/** The worker, and what onescope's store says of its requests. */
export default {
  /**
   * @param {Request} request
   * @param {unknown} env
   * @param {any} execution
   */
  async fetch(request, env, execution) {
    if (new URL(request.url).pathname !== "/store") return worker.fetch(request, env, execution);
    const oldest = store.contexts({ children: true }).length;
    return Response.json({
      backend,
      reasons: store.reasons,
      counts: store.counts(),
      contexts: oldest,
      storages: store.storages(),
      enterWith: [new AsyncLocalStorage(), new SlotStorage()].map((storage) => {
        try {
          return storage.enterWith("value");
        } catch (error) {
          return /** @type {Error} */ (error).message;
        }
      }),
    });
  },
};
