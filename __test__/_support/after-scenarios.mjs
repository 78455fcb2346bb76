import { AsyncLocalStorage } from "node:async_hooks";
import { BODIES } from "./after-bodies.mjs";
import { fail, state, tracked } from "./after-tools.mjs";

// What vinext does with work that waits for the end of a response. Each scenario logs what happens, and in which order;
// it does not depend on the implementation that it gets.

export const SCENARIOS = {
  async "callbacks wait for the close and start together"({ log, settle, ...shim }) {
    const { context, completions } = tracked(shim);
    shim.queueAfterCallback(context, () => log("first"));
    shim.queueAfterCallback(context, async () => {
      log("second");
      await settle();
      log("second done");
    });
    shim.queueAfterCallback(context, () => log("third"));
    completions[0].then(() => log("complete"));
    await settle();
    log("before close", state(shim, context), completions.length);
    const closed = shim.closeAfterResponse(context).then((value) => log("closed", value));
    log("called", state(shim, context));
    await closed;
    await settle();
    log("after", state(shim, context), completions.length);
    await shim.closeAfterResponse(context);
    log("again", state(shim, context));
  },

  async "a callback that is queued after the close starts at once"({ log, settle, ...shim }) {
    const { context, completions } = tracked(shim);
    await shim.closeAfterResponse(context);
    log("closed", state(shim, context), completions.length);
    shim.queueAfterCallback(context, () => log("late"));
    log("queued", state(shim, context), completions.length);
    completions[0].then(() => log("complete"));
    await settle();
    shim.queueAfterCallback(context, () => log("later"));
    await settle();
    log("after", state(shim, context), completions.length, completions[0] === completions[1]);
  },

  async "callbacks queue callbacks"({ log, settle, ...shim }) {
    const { context, completions } = tracked(shim);
    shim.queueAfterCallback(context, async () => {
      log("outer");
      shim.queueAfterCallback(context, () => log("inner"));
      await settle();
      shim.queueAfterCallback(context, () => log("inner, later"));
      log("outer done");
    });
    completions[0].then(() => log("complete"));
    await shim.closeAfterResponse(context);
    await settle();
    log("after", state(shim, context), completions.length);
  },

  async "a callback that fails is reported and stops nothing"({ log, settle, ...shim }) {
    const { context } = tracked(shim);
    shim.queueAfterCallback(context, () => fail("thrown"));
    shim.queueAfterCallback(context, async () => fail("rejected"));
    shim.queueAfterCallback(context, () => log("runs"));
    await shim.closeAfterResponse(context);
    await settle();
    log("after", state(shim, context));
  },

  async "without an execution context"({ log, settle, ...shim }) {
    const context = shim.createRequestContext();
    log(await shim.closeAfterResponse(context), state(shim, context));
    shim.queueAfterCallback(context, () => log("runs"));
    log(await shim.closeAfterResponse(context));
    await settle();
    log("after", state(shim, context));
  },

  async "promises are counted until they settle"({ log, settle, ...shim }) {
    const { context } = tracked(shim);
    const { promise, resolve } = Promise.withResolvers();
    const result = shim.trackAfterPromise(context, promise);
    const failure = shim.trackAfterPromise(context, Promise.reject(new Error("rejected")));
    log("pending", state(shim, context));
    failure.catch((error) => log("failure", error.message));
    await settle();
    log("one settled", state(shim, context));
    result.then((value) => shim.queueAfterCallback(context, () => log("callback of", value)));
    resolve("result");
    await settle();
    log("both settled", state(shim, context));
    await shim.closeAfterResponse(context);
    log("closed", state(shim, context));
  },

  async "a promise that outlives the close"({ log, settle, ...shim }) {
    const { context } = tracked(shim);
    const { promise, resolve } = Promise.withResolvers();
    shim.trackAfterPromise(context, promise).then((value) => log("settled", value));
    await shim.closeAfterResponse(context);
    log("closed", state(shim, context));
    resolve("late");
    await settle();
    log("after", state(shim, context));
  },

  async "a child queues, its parent closes"({ log, settle, ...shim }) {
    const { context } = tracked(shim);
    shim.runWithRequestContext(context, () =>
      shim.runWithUnifiedStateMutation(
        () => {},
        () => shim.queueAfterCallback(shim.getRequestContext(), () => log("of the child")),
      ),
    );
    log("queued", state(shim, context));
    await shim.closeAfterResponse(context);
    await settle();
    log("after", state(shim, context));
  },

  async "a bound function sees the request that was current"({ log, ...shim }) {
    const fn = () => shim.getRequestContext();
    log("outside", shim.bindRequestContext(fn) === fn);
    const [context, other] = [shim.createRequestContext(), shim.createRequestContext()];
    const bound = shim.runWithRequestContext(context, () => shim.bindRequestContext(fn));
    log("inside", bound === fn, bound() === context);
    log("in another", shim.runWithRequestContext(other, bound) === context, shim.isInsideUnifiedScope());
    const failing = shim.runWithRequestContext(context, () => shim.bindRequestContext(() => fail("thrown")));
    try {
      failing();
    } catch (error) {
      log(error.message, shim.isInsideUnifiedScope());
    }
    let passed;
    shim.runWithRequestContext(context, () => shim.bindRequestContext((...args) => (passed = args)))(1, 2);
    log("arguments", passed);
  },

  async "a snapshot sees every storage as it was"({ log, settle, ...shim }) {
    const user = new AsyncLocalStorage();
    const context = shim.createRequestContext();
    const see = () => [user.getStore(), shim.isInsideUnifiedScope() && shim.getRequestContext() === context];
    const snapshot = user.run("of the user", () =>
      shim.runWithRequestContext(context, () => shim.bindRequestContextSnapshot(context, see)),
    );
    log("outside", see(), snapshot());
    log(
      "elsewhere",
      user.run("other", () => [snapshot(), see()]),
    );
    const later = user.run("async", () =>
      shim.runWithRequestContext(context, () =>
        shim.bindRequestContextSnapshot(context, async () => {
          await settle();
          return see();
        }),
      ),
    );
    log("later", await later());
    log("without any", shim.bindRequestContextSnapshot(context, see)());
    const failing = shim.bindRequestContextSnapshot(context, () => fail("thrown"));
    try {
      user.run("caller", failing);
    } catch (error) {
      log(error.message, see());
    }
  },

  async "callbacks run in the context that closes"({ log, settle, ...shim }) {
    const user = new AsyncLocalStorage();
    const { context } = tracked(shim);
    const see = () => log(user.getStore(), shim.isInsideUnifiedScope() && shim.getRequestContext() === context);
    user.run("queueing", () => shim.queueAfterCallback(context, see));
    user.run("queueing", () =>
      shim.queueAfterCallback(
        context,
        shim.runWithRequestContext(context, () => shim.bindRequestContext(see)),
      ),
    );
    await user.run("closing", () => shim.closeAfterResponse(context));
    await settle();
  },

  async "what counts as waiting for the end of the body"({ log, ...shim }) {
    const idle = { callbacks: [], pendingCallbacks: 0, pendingPromises: 0, completion: null, resolveCompletion: null };
    for (const [name, value] of Object.entries({
      nothing: true,
      callbacks: [() => {}],
      pendingCallbacks: 1,
      pendingPromises: 1,
      completion: Promise.resolve(),
      resolveCompletion: () => {},
      responseClosed: true,
    })) {
      log(name, shim.requiresResponseCloseTracking({ afterContext: { ...idle, [name]: value } }));
    }
  },

  async "a latch is made once, from what the state says"({ log, ...shim }) {
    const latched = { dynamicUsageDetected: true };
    const first = shim.ensureRenderDynamicLatch(latched);
    log(first, first === latched.renderDynamicLatch, first === shim.ensureRenderDynamicLatch(latched));
    log(shim.ensureRenderDynamicLatch({ dynamicUsageDetected: false, renderDynamicLatch: null }));
    const context = shim.createRequestContext({ dynamicUsageDetected: true });
    const own = shim.ensureRenderDynamicLatch(context);
    log(own, own === context.renderDynamicLatch);
  },

  ...BODIES,
};
